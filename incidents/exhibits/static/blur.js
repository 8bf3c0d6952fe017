// Regions on a picture, by pointer or by keyboard. They are kept as fractions of it, so that the size on this
// screen does not matter; the server makes them unreadable.

import { ask } from "/static/deeds.js";

const tool = document.querySelector("#tool");
const canvas = document.querySelector("#canvas");
const list = document.querySelector("#regions");
const words = document.querySelector("#region-words");
const apply = document.querySelector("#apply");
const refusal = document.querySelector("#refusal");
const context = canvas.getContext("2d");
const picture = new Image();
const STEP = 0.01;
const LEAST = 0.02;

const regions = [];
let chosen = -1;
let drag = null;

const within = (value, least, most) => Math.min(Math.max(value, least), most);
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function draw() {
  const { width, height } = canvas;
  context.drawImage(picture, 0, 0, width, height);
  regions.forEach((one, index) => {
    const box = [one.x * width, one.y * height, one.w * width, one.h * height];
    context.fillStyle = "rgb(0 0 0 / 55%)";
    context.fillRect(...box);
    context.lineWidth = index === chosen ? 5 : 3;
    context.strokeStyle = "#ffffff";
    context.strokeRect(...box);
    context.lineWidth = index === chosen ? 3 : 1;
    context.strokeStyle = index === chosen ? style("--severity-4") : "#000000";
    context.strokeRect(...box);
    context.font = "bold 20px sans-serif";
    context.fillStyle = "#ffffff";
    context.fillText(String(index + 1), box[0] + 8, box[1] + 24);
  });
}

function tell() {
  const one = regions[chosen];
  const percent = (value) => `${Math.round(value * 100)} %`;
  words.textContent = one
    ? `Region ${chosen + 1}: ${percent(one.x)} from the left, ${percent(one.y)} from the top, ${percent(one.w)} wide, ${percent(one.h)} high.`
    : regions.length ? "No region is chosen." : "No region yet.";
  document.querySelector("#count").textContent = regions.length;
  apply.disabled = regions.length === 0;
  list.replaceChildren(...regions.map((_, index) => {
    const item = document.createElement("li");
    const pick = Object.assign(document.createElement("button"), { type: "button", textContent: `Region ${index + 1}`, className: "small-button" });
    pick.setAttribute("aria-pressed", String(index === chosen));
    pick.addEventListener("click", () => { choose(index); canvas.focus(); });
    const drop = Object.assign(document.createElement("button"), { type: "button", textContent: "Take away", className: "small-button quiet" });
    drop.addEventListener("click", () => remove(index));
    item.append(pick, " ", drop);
    return item;
  }));
  draw();
}

function choose(index) {
  chosen = index;
  tell();
}

function add(region = { x: 0.4, y: 0.4, w: 0.2, h: 0.2 }) {
  regions.push(region);
  choose(regions.length - 1);
}

function remove(index) {
  regions.splice(index, 1);
  choose(Math.min(chosen, regions.length - 1));
}

function point(event) {
  const box = canvas.getBoundingClientRect();
  return [within((event.clientX - box.left) / box.width, 0, 1), within((event.clientY - box.top) / box.height, 0, 1)];
}

canvas.addEventListener("pointerdown", (event) => {
  const [x, y] = point(event);
  const hit = regions.findLastIndex((one) => x >= one.x && x <= one.x + one.w && y >= one.y && y <= one.y + one.h);
  canvas.setPointerCapture(event.pointerId);
  if (hit >= 0) {
    choose(hit);
    drag = { index: hit, dx: x - regions[hit].x, dy: y - regions[hit].y };
  } else {
    add({ x, y, w: 0, h: 0 });
    drag = { index: chosen, from: [x, y] };
  }
});

canvas.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const [x, y] = point(event);
  const one = regions[drag.index];
  if (drag.from) {
    Object.assign(one, { x: Math.min(x, drag.from[0]), y: Math.min(y, drag.from[1]), w: Math.abs(x - drag.from[0]), h: Math.abs(y - drag.from[1]) });
  } else {
    Object.assign(one, { x: within(x - drag.dx, 0, 1 - one.w), y: within(y - drag.dy, 0, 1 - one.h) });
  }
  draw();
});

canvas.addEventListener("pointerup", () => {
  if (!drag) return;
  const one = regions[drag.index];
  if (one.w < LEAST / 2 || one.h < LEAST / 2) remove(drag.index);
  drag = null;
  tell();
});

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const one = regions[chosen];
  const move = MOVES[event.key];
  if (move && one) {
    const [dx, dy] = move.map((way) => way * STEP);
    if (event.shiftKey) {
      one.w = within(one.w + dx, LEAST, 1 - one.x);
      one.h = within(one.h + dy, LEAST, 1 - one.y);
    } else {
      one.x = within(one.x + dx, 0, 1 - one.w);
      one.y = within(one.y + dy, 0, 1 - one.h);
    }
  } else if ((event.key === "Delete" || event.key === "Backspace") && one) {
    remove(chosen);
  } else {
    return;
  }
  event.preventDefault();
  tell();
});

addEventListener("keydown", (event) => {
  if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select")) return;
  add();
  canvas.focus();
});

document.querySelector("#add").addEventListener("click", () => {
  add();
  canvas.focus();
});

apply.addEventListener("click", async () => {
  apply.disabled = true;
  refusal.hidden = true;
  try {
    const said = await ask(`/api/v1/media/${tool.dataset.media}/blur`, { regions, hidden: document.querySelector("#hidden").value });
    location.assign(said.href);
  } catch (problem) {
    if (!problem.errors) throw problem;
    refusal.textContent = [problem.message, ...Object.values(problem.errors).map((reasons) => JSON.stringify(reasons))].join(" ");
    refusal.hidden = false;
    refusal.focus();
    apply.disabled = false;
  }
});

picture.addEventListener("load", () => {
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  tell();
  tool.dataset.ready = "yes";
});
picture.src = `/api/v1/media/${tool.dataset.media}/view`;
