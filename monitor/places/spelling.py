"""A place's name in the letters of a language, where the mission has none in that language. Pure.

Nothing is translated and no name is invented: a known name is written letter by letter as that language
writes foreign names, so that nobody must read a script that is not theirs. What is stored stays as stated.
"""

from collections.abc import Mapping

# Longest first within each list. From English romanisation of Armenian names, and from Azerbaijani.
_EN_TO_RU = (
    "shch=щ gyu=гю yeo=ео zh=ж kh=х gh=х ch=ч sh=ш ts=ц dz=дз ye=е ya=я yu=ю yo=ё rr=р "
    "a=а b=б c=к d=д e=е f=ф g=г h=х i=и j=дж k=к l=л m=м n=н o=о p=п q=к r=р s=с t=т u=у v=в w=в x=кс y=й "
    "z=з"
)
_EN_TO_HY = (
    "gyu=գյու zh=ժ kh=խ gh=ղ ch=չ sh=շ ts=ծ dz=ձ ye=ե ya=յա yu=յու yo=յո rr=ռ ev=եվ "
    "a=ա b=բ c=կ d=դ e=ե f=ֆ g=գ h=հ i=ի j=ջ k=կ l=լ m=մ n=ն o=ո p=պ q=ք r=ր s=ս t=տ u=ու v=վ w=վ x=քս y=յ "
    "z=զ"
)
_EN_TO_AZ = "gyu=gü zh=j kh=x gh=ğ ch=ç sh=ş ts=ts dz=dz rr=r j=c w=v"
_AZ_TO_RU = (
    "ya=я yu=ю yü=ю yo=ё ye=е yə=я a=а b=б c=дж ç=ч d=д e=е ə=а f=ф g=г ğ=г h=х x=х ı=ы i=и j=ж k=к q=г "
    "l=л m=м n=н o=о ö=ё p=п r=р s=с ş=ш t=т u=у ü=ю v=в y=й z=з"
)
_AZ_TO_HY = (
    "yü=յու a=ա b=բ c=ջ ç=չ d=դ e=ե ə=ա f=ֆ g=գ ğ=ղ h=հ x=խ ı=ը i=ի j=ժ k=ք q=ղ l=լ m=մ n=ն o=ո ö=յո p=փ "
    "r=ր s=ս ş=շ t=թ u=ու ü=յու v=վ y=յ z=զ"
)
# At the beginning of a word Armenian and Russian write an e and an o of their own.
_FIRST = {"hy": {"e": "է", "o": "օ", "ə": "ա", "ö": "օ", "ü": "ու"}, "ru": {"e": "э", "ö": "о", "ü": "у"}}


def _pairs(table: str) -> list[tuple[str, str]]:
    pairs = [(given, written) for given, _, written in (pair.partition("=") for pair in table.split())]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


_TABLES = {
    ("en", "ru"): _pairs(_EN_TO_RU),
    ("en", "hy"): _pairs(_EN_TO_HY),
    ("en", "az"): _pairs(_EN_TO_AZ),
    ("az", "ru"): _pairs(_AZ_TO_RU),
    ("az", "hy"): _pairs(_AZ_TO_HY),
}


def name_for(names: Mapping[str, str], language: str) -> str:
    """The name in a language; else the Azerbaijani or English one in its letters; else the English one."""
    if language in names:
        return names[language]
    source = "az" if names.get("az") == names["en"] else "en"
    table = _TABLES.get((source, language))
    if table is None:
        return names["en"]
    return " ".join(_spelled(word, table, _FIRST.get(language, {})) for word in names["en"].split())


def _spelled(word: str, table: list[tuple[str, str]], first: Mapping[str, str]) -> str:
    rest = _small(word)
    written = ""
    while rest:
        given, letters = next(((g, w) for g, w in table if rest.startswith(g)), (rest[0], rest[0]))
        if not written and given in first:
            letters = first[given]
        written += letters
        rest = rest[len(given) :]
    return written[:1].upper() + written[1:] if word[:1].isupper() else written


def _small(word: str) -> str:
    """Azerbaijani has two letters i, and a capital each."""
    return word.replace("İ", "i").lower()
