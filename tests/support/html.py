"""Pages as a reader sees them: their text, their forms, their errors. Standard library only."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
HIDDEN = {"script", "style", "template", "head"}


@dataclass
class Element:
    """One element with its attributes, its children and its text."""

    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str = "", **wanted: str) -> list["Element"]:
        """Every element below with this tag and these attributes (`class_` must hold the word)."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if child.is_a(tag, wanted):
                    found.append(child)
                found += child.all(tag, **wanted)
        return found

    def one(self, tag: str = "", **wanted: str) -> "Element":
        """The only such element."""
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} elements <{tag} {wanted}>"
        return found[0]

    def is_a(self, tag: str, wanted: dict[str, str]) -> bool:
        """Whether tag and attributes fit."""
        for name, value in wanted.items():
            attribute = name.rstrip("_").replace("_", "-")
            mine = self.attributes.get(attribute)
            if mine is None or (value not in mine.split() if attribute == "class" else mine != value):
                return False
        return not tag or tag == self.tag

    @property
    def text(self) -> str:
        """What is read, with single spaces; no-break spaces stay."""
        return " ".join(self._raw().replace("\n", " ").split(" ")).strip() if self.children else ""

    def _raw(self) -> str:
        parts = [
            child if isinstance(child, str) else child._raw() for child in self.children
            if isinstance(child, str) or child.tag not in HIDDEN
        ]  # fmt: skip
        return " ".join(part.strip() for part in parts if part.strip())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def parse(html: str) -> Element:
    """The document."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def form_values(form: Element) -> dict[str, Any]:
    """What a browser would send if the form were submitted as it stands."""
    values: dict[str, Any] = {}

    def add(name: str, value: str) -> None:
        if name in values:
            values[name] = [*(values[name] if isinstance(values[name], list) else [values[name]]), value]
        else:
            values[name] = value

    for control in form.all():
        name = control.attributes.get("name", "")
        if not name or "disabled" in control.attributes:
            continue
        kind = control.attributes.get("type", "text")
        if control.tag == "input" and kind not in {"submit", "button", "file", "image", "reset"}:
            if kind not in {"checkbox", "radio"} or "checked" in control.attributes:
                add(name, control.attributes.get("value", "on" if kind in {"checkbox", "radio"} else ""))
        elif control.tag == "textarea":
            add(name, "".join(child for child in control.children if isinstance(child, str)).removeprefix("\n"))
        elif control.tag == "select":
            _add_chosen(control, name, add)
    return values


def _add_chosen(select: Element, name: str, add: Any) -> None:
    options = select.all("option")
    chosen = [option for option in options if "selected" in option.attributes]
    if not chosen and options and "multiple" not in select.attributes:
        chosen = options[:1]
    for option in chosen:
        add(name, option.attributes.get("value", option.text))


def submit(client: Any, page: Any, action: str = "", **changes: Any) -> Any:
    """Fill in and send the form found in the page that the client was given.

    `action` picks the form whose address ends with it; without it the page must have one POST form outside its header.
    A change to None leaves the field out; an underscore before a Python keyword is dropped.
    """
    document = parse(page.text)
    forms = [form for form in document.all("form") if form.attributes.get("method", "get").lower() == "post"]
    if action:
        forms = [form for form in forms if form.attributes.get("action", str(page.url.path)).endswith(action)]
    else:
        chrome = {id(form) for part in document.all("header") + document.all("nav") for form in part.all("form")}
        forms = [form for form in forms if id(form) not in chrome]
    assert len(forms) == 1, f"{len(forms)} forms: {[form.attributes.get('action') for form in forms]}"
    values = form_values(forms[0]) | {name.removesuffix("_"): value for name, value in changes.items()}
    sent = {name: value for name, value in values.items() if value is not None}
    return client.post(forms[0].attributes.get("action") or str(page.url.path), data=sent)


def errors(page: Any) -> dict[str, str]:
    """The sentence at each wrong field of a page: an invalid field names it by `aria-describedby`."""
    document = parse(page.text)
    by_id = {element.attributes["id"]: element for element in document.all() if "id" in element.attributes}
    found: dict[str, str] = {}
    for control in document.all(aria_invalid="true"):
        for described in control.attributes.get("aria-describedby", "").split():
            if "err" in described and described in by_id:
                found[control.attributes.get("name", "")] = by_id[described].text
    return found
