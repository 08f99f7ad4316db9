"""What is taught: the diploma, its competences and subjects, and what teachers write into the theory log."""

DIPLOMA = "CAP-CIP"
DIPLOMA_LABEL = "CAP Conducteur d’installations de production"
PRACTICE = "ATELIER"

# Local codes: the official framework replaces them by import.
SKILLS = {
    "A1": "Prendre le poste et passer les consignes",
    "A2": "Préparer la production à son poste de travail",
    "A3": "Régler l’installation",
    "A4": "Conduire l’installation et contrôler la production",
    "A5": "Réagir aux dérives et aux aléas",
    "A6": "Assurer la maintenance de premier niveau",
}

# 24 h of workshop and 11 h of general subjects a week, 42 weeks.
SUBJECTS = {
    PRACTICE: ("Production et atelier", "pratique", 1008),
    "FR": ("Français", "theorie", 84),
    "HG": ("Histoire-géographie et enseignement moral et civique", "theorie", 63),
    "MATH": ("Mathématiques", "theorie", 84),
    "PC": ("Physique-chimie", "theorie", 42),
    "ANG": ("Anglais", "theorie", 63),
    "PSE": ("Prévention, santé, environnement", "theorie", 42),
    "EPS": ("Éducation physique et sportive", "theorie", 84),
}

CONTENT = {
    "FR": (
        "Lire une consigne et la reformuler", "Le compte rendu d’activité : plan et phrases utiles",
        "Étude d’un extrait sur le travail à l’usine", "Accord du participe passé, exercices sur le rapport d’atelier",
        "Écrire un courriel à un client", "Le récit : présenter son parcours", "Lecture suivie, chapitres 1 et 2",
        "Débat : faut-il tout réparer ?", "Décrire une pièce sans la montrer", "Dictée préparée et correction",
        "Entraînement à l’épreuve EG1 : la compréhension", "La lettre de motivation", "Oral : présenter un métier",
    ),
    "HG": (
        "La France en République depuis 1870", "Les espaces de l’industrie dans le Grand Est",
        "Le citoyen et le droit du travail", "Les guerres mondiales : lire une photographie d’époque",
        "Transports et mobilités : de Chaumont à Reims", "La laïcité à l’école et dans l’entreprise",
        "Les aires urbaines en France", "Étude de documents : les coutelleries de Nogent", "Évaluation sur carte",
        "Les institutions : qui décide de quoi ?", "Mondialisation : la chaîne d’une pièce mécanique",
    ),
    "MATH": (
        "Proportionnalité et échelles de plan", "Trigonométrie : calculer un angle de cône", "Calcul littéral, rappels",
        "Vitesse de coupe : utiliser une formule", "Statistiques : moyenne et étendue d’une série de cotes",
        "Pythagore et entraxes", "Volumes et masses de bruts", "Lecture d’un graphique de production",
        "Équations du premier degré", "Conversions d’unités : du millimètre au micromètre", "Contrôle et correction",
        "Pourcentages : prix, remise et TVA", "Fonctions affines : coût d’une série",
    ),
    "PC": (
        "Masse volumique de l’acier et de l’aluminium", "Forces et moments : la clé dynamométrique",
        "Tension, intensité, puissance d’un moteur", "Les solutions acides et basiques : le bain de dégraissage",
        "Frottement et lubrification", "Mesurer une température de coupe", "Oxydation et protection des métaux",
        "Travaux pratiques : pression et vérin", "Évaluation pratique",
    ),
    "ANG": (
        "Introducing yourself at a trade fair", "Tools and machines : vocabulaire de l’atelier",
        "Reading a safety notice", "Describing a drawing: shapes and sizes", "Numbers, dates and measurements",
        "Telephone: taking a message", "Video: inside a Swiss workshop", "Past simple : raconter sa journée",
        "Writing a short e-mail to a customer", "Role play : commander des outils", "Test and feedback",
    ),
    "PSE": (
        "Le document unique : à quoi sert-il ?", "Les équipements de protection individuelle", "Sommeil et rythme",
        "Bruit et audition", "Les addictions : où trouver de l’aide", "Conduite à tenir devant une coupure",
        "Manutention et dos", "Trier les copeaux et les huiles usées", "Alimentation du jeune au travail",
        "L’arbre des causes : étude d’un accident",
    ),
    "EPS": (
        "Badminton : échauffement et règles", "Badminton : matchs en poules", "Course de durée, 2 × 8 minutes",
        "Musculation : gestes et postures", "Volley : service et réception", "Volley : tournoi",
        "Step : enchaînement de groupe", "Demi-fond : évaluation", "Étirements et récupération", "Tennis de table",
    ),
    PRACTICE: (
        "Remise en route des machines, rappel des consignes", "Contrôle des outils, nettoyage des postes",
        "Production de la semaine, premier article validé", "Lecture de plan au tableau, puis production",
        "Réglages en binôme, production", "Point qualité : origine des rebuts de la semaine",
        "Maintenance de premier niveau, niveaux d’huile et graissage", "Évaluation en situation de production",
    ),
}  # fmt: skip
