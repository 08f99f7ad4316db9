"""Names of invented people and companies."""

GIRLS = (
    "Inès", "Léa", "Camille", "Manon", "Aya", "Fatoumata", "Clara", "Mélissa", "Océane", "Yasmine", "Louane", "Maëlys",
    "Anaïs", "Sofia", "Élise", "Romane", "Nour", "Assia", "Charlotte", "Lina", "Awa", "Margaux", "Salomé", "Zoé",
)  # fmt: skip
BOYS = (
    "Lucas", "Enzo", "Mehdi", "Théo", "Nathan", "Yanis", "Hugo", "Ibrahima", "Mathéo", "Kévin", "Axel", "Bilal",
    "Clément", "Rayan", "Tom", "Dylan", "Gabriel", "Ousmane", "Loïc", "Samir", "Antonin", "Mathis", "Adem", "Jules",
    "Noah", "Florian", "Ilyès", "Sacha", "Esteban", "Baptiste", "Mamadou", "Quentin", "Diego", "Corentin", "Evan",
    "Rémi", "Amine", "Paul", "Malo", "Timéo", "Valentin", "Kylian", "Wassim", "Arthur", "Tiago", "Maxence",
)  # fmt: skip
FAMILIES = (
    "Aubry", "Bailly", "Barbosa", "Belkacem", "Benoit", "Berthelot", "Bourgeois", "Camara", "Chaudron", "Clément",
    "Collin", "Cordier", "Da Silva", "De Almeida", "Delaborde", "Demirel", "Diallo", "Didier", "Durupt", "Fontaine",
    "Fournier", "Garnier", "Gauthier", "Gérardin", "Godard", "Gomes", "Guillemin", "Haddad", "Henry", "Humblot",
    "Jacquinot", "Kaya", "Konaté", "Laurent", "Lecomte", "Lefèvre", "Maillot", "Mansouri", "Maréchal", "Martinot",
    "Mercier", "Michaut", "Morel", "Moussaoui", "Nguyen", "N’Diaye", "Noirot", "Ouattara", "Paris", "Pereira",
    "Perrot", "Petitjean", "Prévost", "Quilliard", "Renard", "Robinet", "Rousselle", "Saïdi", "Simonnet", "Sow",
    "Thiébaut", "Thomassin", "Touré", "Traoré", "Vauthier", "Viard", "Vincent", "Voillemin", "Yildiz", "Ziani",
)  # fmt: skip
GUARDIANS = (
    "Nathalie", "Karim", "Sandrine", "Philippe", "Aminata", "Christelle", "Éric", "Valérie", "Mourad", "Sylvie",
    "Laurent", "Fatima", "Stéphane", "Céline", "David", "Isabelle", "Moussa", "Virginie", "Olivier", "Maria",
    "Thierry", "Leïla", "Frédéric", "Corinne", "Ahmet", "Delphine",
)  # fmt: skip
STREETS = (
    "rue de la Forge", "rue du Moulin", "avenue de la Gare", "rue des Tanneurs", "route de Langres", "rue Haute",
    "zone artisanale des Fourches", "rue du Général-Leclerc", "impasse des Tilleuls", "rue de la Marne",
    "chemin des Vignes", "boulevard Voltaire", "zone industrielle de la Dame-Huguenotte", "rue des Capucins",
    "rue du Val", "rue de l’Écluse",
)  # fmt: skip

# Name, postal code, town, days to pay. The first twenty-four are clients, the others employers only.
COMPANIES = (
    ("Précision du Bassigny", "52800", "Nogent", 30),
    ("Outillage Voillemin", "52000", "Chaumont", 45),
    ("Forges du Rognon", "52700", "Andelot-Blancheville", 45),
    ("Instruments Delaborde", "52800", "Nogent", 30),
    ("Hydraulique de la Marne", "52100", "Saint-Dizier", 60),
    ("Mécanique du Der", "51290", "Saint-Remy-en-Bouzemont", 30),
    ("Maintenance Perthois Services", "51300", "Vitry-le-François", 30),
    ("Tuyauterie des Quatre Lacs", "52200", "Langres", 45),
    ("Coutellerie du Plateau", "52800", "Biesles", 30),
    ("Emballages Renaudin", "52130", "Wassy", 45),
    ("Machines agricoles Thiébaut", "52330", "Colombey-les-Deux-Églises", 30),
    ("Fonderie Sainte-Barbe", "52300", "Joinville", 60),
    ("Ressorts de Champagne", "10200", "Bar-sur-Aube", 45),
    ("Ateliers Humblot et Fils", "52210", "Arc-en-Barrois", 30),
    ("Capteurs Aujon", "52120", "Châteauvillain", 30),
    ("Transmissions Vauthier", "88300", "Neufchâteau", 45),
    ("Robinetterie du Val de Blaise", "52110", "Doulevant-le-Château", 45),
    ("Cycles Traverse", "52200", "Saints-Geosmes", 30),
    ("Menuiserie Prangey", "52190", "Prauthoy", 30),
    ("Plasturgie Haute-Saône", "70500", "Jussey", 60),
    ("Élévateurs Lorrains", "54200", "Toul", 45),
    ("Scierie de la Crête", "52700", "Bourdons-sur-Rognon", 30),
    ("Orthopédie Montsaugeonnais", "52190", "Le Montsaugeonnais", 30),
    ("Mécanique Ardenne-Gaume", "6700", "Arlon", 30),
    ("Décolletage Noirot", "52800", "Nogent", 30),
    ("Usinage Marne-Rognon", "52000", "Chaumont", 30),
    ("Aéro-Composants Champagne", "51000", "Châlons-en-Champagne", 45),
    ("Moules et Outils Cordier", "52100", "Saint-Dizier", 30),
    ("Rectification Langroise", "52200", "Langres", 30),
    ("Énergies du Barrois", "55000", "Bar-le-Duc", 45),
    ("Intérim Atelier 52", "52000", "Chaumont", 30),
    ("Laboratoire Métrologie Est", "21000", "Dijon", 30),
    ("Pompes et Vannes Colombier", "10000", "Troyes", 45),
    ("Engrenages Saône-Vingeanne", "21310", "Mirebeau-sur-Bèze", 45),
)
CLIENTS = 24

STAFF = (
    ("Lambert", "Claire", "directeur"),
    ("Roussel", "Pierre", "gestion"),
    ("Haddad", "Karim", "maitre"),
    ("Marchal", "Sophie", "maitre"),
    ("Guyot", "Thierry", "maitre"),
    ("Perrin", "Hélène", "formateur"),
    ("Nguyen", "Minh", "formateur"),
    ("Kowalski", "Anna", "formateur"),
    ("Bertin", "Julien", "formateur"),
)
POSITIONS = (
    "Achats", "Méthodes", "Qualité", "Direction", "Atelier", "Maintenance", "Comptabilité", "Approvisionnements",
)  # fmt: skip
