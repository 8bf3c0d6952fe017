// Light or dark, decided before the first paint, so that nothing flashes in the dark: as the person chose, else dark
// at night, else as the phone says. A classic script: modules come too late for this. It keeps no more than that.
(() => {
  const KEPT = "truceline.look";
  const DARK = "(prefers-color-scheme: dark)";
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule.media?.mediaText === DARK);

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(KEPT)) ?? {};
    } catch {
      return {}; // Where nothing may be kept, the phone's own setting stands.
    }
  }

  function keep(facts) {
    try {
      localStorage.setItem(KEPT, JSON.stringify({ ...kept(), ...facts }));
    } catch {
      return; // As above.
    }
  }

  function apply({ choice = "auto", night = false }) {
    const forced = choice !== "auto" ? choice : night ? "dark" : null;
    const media = forced === "dark" ? "all" : forced === "light" ? "not all" : DARK;
    for (const rule of rules) if (rule.media.mediaText !== media) rule.media.mediaText = media;
    const root = document.documentElement;
    root.style.colorScheme = forced ?? "";
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.dataset.own ??= meta.content;
      meta.content = forced ? getComputedStyle(root).getPropertyValue("--bg").trim() : meta.dataset.own;
    }
  }

  globalThis.look = {
    choice: () => kept().choice ?? "auto",
    set(facts) {
      keep(facts);
      apply({ ...kept(), ...facts });
    },
  };
  apply(kept());
})();
