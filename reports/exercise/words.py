"""What the exercise's monitors write into the free text: plain sentences, some in their own language."""

HEARD = {
    "en": (
        "Heard from the position; the source was not visible.",
        "Sound came across the valley with an echo; the direction is approximate.",
        "No effect seen. Both observers agree on the direction.",
        "Source not visible because of the ridge.",
    ),
    "hy": (
        "Կրակոցները լսվել են դիտակետից, աղբյուրը չի երևացել։",
        "Ձայնը լսվել է ձորի մյուս կողմից, ուղղությունը մոտավոր է։",
    ),
    "az": ("Atəş səsi eşidildi, mənbə görünmürdü.", "Səs dərədən əks-səda ilə gəldi, istiqamət təxminidir."),
    "ru": ("Слышно с позиции, источник не виден.", "Звук с эхом из долины, направление приблизительное."),
}
QUIET = {
    "en": ("Quiet throughout.", "Nothing to report.", "Traffic and field work as usual."),
    "hy": ("Հերթափոխը հանգիստ է անցել։",),
    "az": ("Növbə sakit keçdi.",),
    "ru": ("Смена прошла спокойно.",),
}
HEAVY = {
    "en": (
        "Impacts seen as flashes behind the ridge; sound followed.",
        "Counting was difficult, explosions overlapped.",
        "Windows of the post shook. The team stayed inside.",
        "Smoke seen at first light in the same direction.",
    ),
    "hy": ("Պայթյունները համընկնում էին, հաշվելը դժվար էր։",),
    "az": ("Partlayışlar üst-üstə düşürdü, saymaq çətin idi.",),
    "ru": ("Взрывы накладывались друг на друга, считать было трудно.",),
}
