"""How to reach somebody: phones, e-mails, links and accounts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import phonenumbers

from mcu_nlp.fields.cover import Cover
from mcu_nlp.records import Contact
from mcu_nlp.text.document import Document

_EMAIL = re.compile(r"(?<![\w.+-])[\w+-](?:[\w.+-]{0,62}[\w+-])? ?@ ?(?:[\w-]{1,60}\.){1,4}[a-zA-Zрф]{2,12}(?!\w)")
_URL = re.compile(
    r"(?<![\w@./-])(?:https?://[^\s<>«»\"]{2,500}|www\.[^\s<>«»\"]{3,500}"
    r"|(?:[\w-]{1,60}\.){1,4}(?:ru|com|org|net|рф|su|info|me|online|site|example)(?:/[^\s<>«»\"]{0,300})?(?![\w@-]))",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?<![\w@.])@[A-Za-z][\w.]{2,40}\w|(?<![\w/.])(?:vk|вк|telegram|телеграм\w?|тг"
    r"|tg|skype|скайп|инстаграм\w?|insta)[ :\-—]{1,3}[@/]?(?=[\w.]{0,40}[A-Za-z])[A-Za-z0-9][\w.]{2,40}"
    r"|(?<![\w/.])id\d{4,12}(?!\w)"
)
# Digits with the blanks and marks that people put between them; bounded, so linear.
_PHONE = re.compile(
    r"(?<![\w,/=-])(?<!\d[:.])(?:\+ ?)?(?:\(\d{3,5}\)|\d)(?:[ ]?[-–—().]{0,2}[ ]?\d){4,14}(?!\w|[./:,]\d|-\d)"
)
_PHONE_WORD = re.compile(
    r"(?:\bтел|звон|номер|\bмоб|\bсот|\bконт|связ|вацап|ватсап|whatsapp|дозвон|диспетч|факс|\bт\.(?=\s?[\d(+])|☎|📞)",
    re.IGNORECASE,
)
_CALL_WORD = re.compile(r"\bтел|звон|\bмоб|\bсот|дозвон|факс", re.IGNORECASE)
_NOT_PHONE_WORD = re.compile(
    r"(?:инн|огрн|снилс|паспорт|сч[её]т|л/с|лс|полис|кадастр\w*|номер (?:обращ|заяв"
    r"|сообщ|дел)\w*|обращени\w|заявк\w|сообщени\w|договор\w?|вх\.?|исх\.?|индекс|карт\w"
    r"|увин|уин|серия)[^.!?]{0,18}$",
    re.IGNORECASE,
)
# «контактный № 8944…»: the number of a phone, not of a paper.
_PHONE_NUMBER = re.compile(r"(?:тел\w*|конт\w*|моб\w*)\.?:? {0,2}[№#] {0,2}\Z", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}[. ]\d{1,2}[. ]\d{2,4}(?:\D|\Z)|\d{4}-\d{4}\Z|(?:19|20)\d\d[-–](?:19|20)\d\d")
# A full mobile number is one though a paper was spoken of just before: «заявки отклонены, 8 944 …».
_MOBILE = re.compile(r"(?:\+ ?7|8|7)[ (-]{0,2}9")
_BLANKS = re.compile(r"9\d\d \d{3} \d\d \d\d")
_BESIDE_PAPER = 9
_LOCAL = re.compile(r"\d{2,3}[- ]\d{2}[- ]\d{2}|\d[- ]\d{2}[- ]\d{2}|\d{3}[- ]\d{3}")
_TRAILING = ".,;:!?)»\"'”"


def find_contacts(document: Document) -> tuple[Contact, ...]:
    """Phones, e-mails, links and accounts in order, with their normal forms.

    >>> [(c.type, c.value) for c in find_contacts(Document.of("тел. 8 (944) 123-45-60, anna@pochta.example"))]
    [('phone', '+79441234560'), ('email', 'anna@pochta.example')]
    """
    text = document.text
    found: list[Contact] = []
    for rule in RULES:
        taken = Cover(found)
        found.extend([contact for contact in rule(text) if not taken.touches(contact.start, contact.end)])
    return tuple(sorted(found, key=lambda contact: contact.start))


def _contact(text: str, start: int, end: int, kind: str, value: str | None) -> Contact:
    return Contact(start, end, text[start:end], kind, value)


def emails(text: str) -> Iterator[Contact]:
    """«anna@pochta.example»."""
    if "@" in text:
        for hit in _EMAIL.finditer(text):
            yield _contact(text, hit.start(), hit.end(), "email", hit[0].replace(" ", "").lower())


def urls(text: str) -> Iterator[Contact]:
    """«https://disk.example/foto», «vk.com/wall-000»."""
    if "." not in text:
        return
    for hit in _URL.finditer(text):
        written = hit[0].rstrip(_TRAILING)
        if "(" in written and hit[0].startswith(written + ")"):
            written += ")"
        value = written if "://" in written else f"https://{written}"
        yield _contact(text, hit.start(), hit.start() + len(written), "url", value)


def accounts(text: str) -> Iterator[Contact]:
    """«@nick», «вк: nick», «id123456»."""
    for hit in _ACCOUNT.finditer(text):
        yield _contact(text, hit.start(), hit.end(), "account", re.split(r"[ :@/—]+", hit[0])[-1].lower())


def phones(text: str) -> Iterator[Contact]:
    """«8 (944) 123-45-60», «+79441234560», «54-12-00»; not dates, not numbers of papers."""
    for hit in _PHONE.finditer(text):
        written = hit[0]
        if _is_phone(text, hit.start(), written):
            yield _contact(text, hit.start(), hit.end(), "phone", phone_value(written))


def _is_phone(text: str, start: int, written: str) -> bool:
    digits = sum(map(str.isdigit, written))
    before = text[max(0, start - 60) : start]
    if before.rstrip(" ").endswith(("№", "#")) and not _PHONE_NUMBER.search(before):
        return False
    mobile = digits == 11 and _MOBILE.match(written) is not None
    paper = _NOT_PHONE_WORD.search(before)
    if _DATE.match(written) or (paper and not (mobile and _words_after(paper[0]) >= _BESIDE_PAPER)):
        return False
    if (digits == 11 and written.lstrip("+ ").startswith(("8", "7"))) or written.startswith("+"):
        return True
    asked = _PHONE_WORD.search(before) is not None
    if digits == 10 and written.startswith(("9", "(", "8", "4")):
        return asked or "-" in written or "(" in written or _BLANKS.fullmatch(written) is not None
    if 5 <= digits <= 7:
        return (_LOCAL.fullmatch(written) is not None and (asked or written.count("-") == 2)) or (
            _CALL_WORD.search(before) is not None and written.isdigit()
        )
    return digits == 11 and asked


def _words_after(found: str) -> int:
    """How many signs stand after the first word of what was found."""
    return len(found) - len(found.split(" ")[0])


def phone_value(written: str) -> str | None:
    """E.164 where the number is complete, else its digits.

    >>> phone_value("8 (944) 123-45-60"), phone_value("54-12-00")
    ('+79441234560', '541200')
    """
    digits = "".join(filter(str.isdigit, written))
    if len(digits) < 10:
        return digits
    try:
        number = phonenumbers.parse(written if written.startswith("+") else digits, "RU")
    except phonenumbers.NumberParseException:
        return digits
    if not phonenumbers.is_possible_number(number):
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


RULES: tuple[Callable[[str], Iterator[Contact]], ...] = (emails, urls, accounts, phones)
