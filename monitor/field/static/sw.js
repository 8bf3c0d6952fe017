// The worker: serves the form without a net. The server puts the release before this text: every file with its hash.
//
// A release is taken in whole or not at all: each file is checked against its hash, and if one is missing or broken
// the install fails and the older release goes on. A new release waits until the page asks for it or is closed.
// Nothing but GET passes through here, and of that only the files of the release; answers of the API never do.

import { sendAll } from "/field/static/send.js";

/* global RELEASE */
const CACHE = `truceline-${RELEASE.digest}`;

addEventListener("install", (event) => {
  event.waitUntil(takeIn());
});

async function takeIn() {
  const cache = await caches.open(CACHE);
  const wanted = Object.entries(RELEASE.files).map(([url, hash]) => new Request(url, { cache: "no-cache", credentials: "omit", integrity: `sha256-${hash}` }));
  try {
    await cache.addAll(wanted);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

async function takeOver() {
  for (const name of await caches.keys()) if (name.startsWith("truceline-") && name !== CACHE) await caches.delete(name);
  await clients.claim();
}

addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || !Object.hasOwn(RELEASE.files, pathname)) return;
  event.respondWith(held(request, pathname));
});

/** From this release; should the browser have thrown its copy away, from the base. */
async function held(request, pathname) {
  const cache = await caches.open(CACHE);
  return (await cache.match(pathname, { ignoreVary: true })) ?? fetch(request);
}

// Where the browser wakes the worker once there is a net, reports go out also with no page open.
addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendWhatWaits());
});

async function sendWhatWaits() {
  // The page that sends at this moment may be closed before it is done; whoever left it to the page would not be woken again.
  const run = await sendAll({ waits: true });
  if (run?.left) throw new Error(`${run.left} reports are still waiting`); // the browser then wakes us again
}
