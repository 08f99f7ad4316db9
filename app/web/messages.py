"""Pydantic error type → French sentence at the field. A test lists the types our models can produce."""

from typing import Any

SENTENCES = {
    "missing": "Ce champ est à remplir.",
    "string_too_short": "Ce champ est à remplir.",
    "string_too_long": "Ce texte est trop long : {max_length} caractères au plus.",
    "string_type": "Un texte est attendu ici.",
    "string_pattern_mismatch": "Ce texte n’a pas la forme attendue.",
    "extra_forbidden": "Ce champ n’est pas connu.",
    "greater_than": "Ce nombre doit être plus grand que {gt}.",
    "greater_than_equal": "Ce nombre ne peut pas être plus petit que {ge}.",
    "less_than": "Ce nombre doit être plus petit que {lt}.",
    "less_than_equal": "Ce nombre ne peut pas être plus grand que {le}.",
    "decimal_max_places": "{decimal_places} chiffres au plus après la virgule.",
    "decimal_max_digits": "Ce nombre a trop de chiffres.",
    "decimal_parsing": "Ce n’est pas un nombre. Exemple : 12,50.",
    "decimal_type": "Ce n’est pas un nombre. Exemple : 12,50.",
    "finite_number": "Ce n’est pas un nombre. Exemple : 12,50.",
    "int_parsing": "Ce n’est pas un nombre entier. Exemple : 12.",
    "int_type": "Ce n’est pas un nombre entier. Exemple : 12.",
    "int_from_float": "Ce n’est pas un nombre entier. Exemple : 12.",
    "int_parsing_size": "Ce nombre est trop grand.",
    "bool_parsing": "Oui ou non est attendu ici.",
    "bool_type": "Oui ou non est attendu ici.",
    "date_type": "Cette date n’existe pas. Exemple : 26/11/2026.",
    "date_parsing": "Cette date n’existe pas. Exemple : 26/11/2026.",
    "date_from_datetime_parsing": "Cette date n’existe pas. Exemple : 26/11/2026.",
    "date_from_datetime_inexact": "Une date sans heure est attendue. Exemple : 26/11/2026.",
    "datetime_type": "Ce moment n’est pas compris. Exemple : 2026-11-26T09:30:00Z.",
    "datetime_parsing": "Ce moment n’est pas compris. Exemple : 2026-11-26T09:30:00Z.",
    "datetime_from_date_parsing": "Ce moment n’est pas compris. Exemple : 2026-11-26T09:30:00Z.",
    "datetime_object_invalid": "Ce moment n’est pas compris. Exemple : 2026-11-26T09:30:00Z.",
    "timezone_aware": "Ce moment ne dit pas son fuseau. Exemple : 2026-11-26T09:30:00Z.",
    "enum": "Choisissez dans la liste.",
    "literal_error": "Choisissez dans la liste.",
    "list_type": "Une liste est attendue ici.",
    "tuple_type": "Une liste est attendue ici.",
    "too_short": "Il faut au moins {min_length} ligne.",
    "too_long": "Il y a trop de lignes : {max_length} au plus.",
    "dict_type": "Un objet est attendu ici.",
    "model_type": "Un objet est attendu ici.",
    "model_attributes_type": "Un objet est attendu ici.",
    "json_invalid": "Ce n’est pas du JSON lisible.",
    "none_required": "Ce champ doit rester vide.",
}
DEFAULT = "Cette valeur n’est pas comprise."
CUSTOM = frozenset({"control", "decimal", "integer", "date", "time", "email", "siret", "vat", "rule"})


def sentence(error: dict[str, Any]) -> str:
    """The French sentence of one Pydantic error."""
    kind = error["type"]
    if kind in CUSTOM:
        return str(error["msg"])
    template = SENTENCES.get(kind, DEFAULT)
    context = {key: str(value).replace(".", ",") for key, value in (error.get("ctx") or {}).items()}
    try:
        return template.format(**context)
    except KeyError:
        return DEFAULT


def field_name(location: tuple[int | str, ...]) -> str:
    """The field an error belongs to: « lines-0-quantity » for the quantity of the first line."""
    return "-".join(str(part) for part in location) or "_form"
