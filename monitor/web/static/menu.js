// The menus of the main navigation are details elements, which open by themselves; here is what they lack: a click
// elsewhere or Escape closes them, and arrow keys walk through an open one.

const menus = [...document.querySelectorAll(".top details.menu")];

function close(menu, isFocusKept = false) {
  if (!menu.open) return;
  menu.open = false;
  if (isFocusKept) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) close(menu);
});

for (const menu of menus) {
  // Where the browser does not know that menus of one name exclude each other.
  menu.addEventListener("toggle", () => { if (menu.open) menus.filter((other) => other !== menu).forEach((other) => close(other)); });
  menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu); });
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && menu.open) {
      event.stopPropagation();
      close(menu, true);
    } else if (step) {
      event.preventDefault();
      menu.open = true;
      const links = [...menu.querySelectorAll("a")];
      const now = links.indexOf(document.activeElement);
      links[now < 0 ? (step > 0 ? 0 : links.length - 1) : (now + step + links.length) % links.length].focus();
    }
  });
}
