// The phone's store (IndexedDB). Every change is one strict transaction: when it is done it is on the disk, also
// when the battery dies the next moment. What a person wrote is stored encrypted only (vault.js, seal.js).
//
// meta     one row a fact: the mission, the vault, the device and its key, the newest head of the log
// known    answers of the API that hold no secret, for use without a net: taxonomy, places, base map, words
// secrets  encrypted under the PIN: who holds the phone, watches, questions of the base
// drafts   encrypted under the PIN
// photos   of drafts; encrypted under the PIN
// reports  a stub of each finished report: number, type, time, state; and what proves its receipt
// sealed   the bytes of finished reports and their files, sealed to the mission
// errands  small things to tell the base, such as a check-in

import "/static/vendor/idb/idb.js";

const NAME = "truceline";
const VERSION = 1;
const KEYS = { meta: "name", known: "url", secrets: "name", drafts: "id", photos: "media_id", reports: "key", sealed: "key", errands: "id" };

let opening = null;

function open() {
  opening ??= globalThis.idb.openDB(NAME, VERSION, {
    upgrade(db) {
      for (const [store, keyPath] of Object.entries(KEYS)) if (!db.objectStoreNames.contains(store)) db.createObjectStore(store, { keyPath });
    },
    // Another page wants to change or delete the store: this one lets go and opens it again when next needed.
    blocking: (_, __, event) => { event.target.close(); opening = null; },
    terminated: () => { opening = null; },
  });
  return opening.catch((error) => {
    opening = null;
    throw error;
  });
}

/** Phones close the store behind the page's back when memory is short; a dead handle is opened anew, once. */
async function withStore(work) {
  const db = await open();
  try {
    return await work(db);
  } catch (error) {
    if (error?.name !== "InvalidStateError") throw error;
    opening = null;
    return work(await open());
  }
}

export function read(store, key) {
  return withStore((db) => db.get(store, key));
}

export function readAll(store) {
  return withStore((db) => db.getAll(store));
}

/**
 * `work` changes several stores at once or none: `write(["drafts", "photos"], ({ drafts }) => drafts.put(…))`.
 * It may await requests of these stores only. What it throws undoes everything.
 */
export function write(stores, work) {
  return withStore(async (db) => {
    const change = db.transaction(stores, "readwrite", { durability: "strict" });
    const done = change.done;
    try {
      const result = await work(Object.fromEntries(stores.map((name) => [name, change.objectStore(name)])));
      await done;
      return result;
    } catch (error) {
      done.catch(() => null); // it says again what `error` says
      if (error?.name !== "AbortError") {
        try {
          change.abort();
        } catch (already) {
          if (already.name !== "InvalidStateError") throw already;
        }
      }
      throw error;
    }
  });
}

export function put(store, row) {
  return write([store], (all) => all[store].put(row));
}

export function remove(store, key) {
  return write([store], (all) => all[store].delete(key));
}

/** One fact of `meta`, or undefined. */
export async function fact(name) {
  return (await read("meta", name))?.value;
}

export function setFact(name, value) {
  return put("meta", { name, value });
}

/** Removes everything this phone knows: store, offline copy, worker. */
export async function wipe() {
  const db = await open();
  await write(Object.keys(KEYS), (all) => Promise.all(Object.values(all).map((store) => store.clear())));
  db.close();
  opening = null;
  await globalThis.idb.deleteDB(NAME);
  if (globalThis.caches) for (const name of await caches.keys()) await caches.delete(name);
  const registration = await globalThis.navigator.serviceWorker?.getRegistration("/field/");
  await registration?.unregister();
}

/** Tells the other pages and the worker of this phone, and hears them. */
export const others = globalThis.BroadcastChannel ? new BroadcastChannel("truceline") : null;
