// Improves pages that work without it: answers in place, keys, copying, a history in this browser, progress of uploads.
//
// What a stranger wrote is only ever set as text. Pages are parsed by the browser itself, from this site's own
// addresses, with scripts off; no string becomes HTML here, and the Content-Security-Policy (Trusted Types) allows none.
"use strict";

(() => {
  const main = document.getElementById("main");
  const live = document.getElementById("live");
  if (!main || !live) return;

  const MOST_KEPT = 200;
  const SLOW_MS = 700;
  const POLL_MS = 1500;
  const SAID_MS = 2500;

  // ---- Small things

  const element = (name, text = "", attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // Emptied first, or the same words twice in a row would be said once.
  const say = text => {
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 60);
  };

  // What this browser keeps. Reading and writing may be forbidden, and anything may stand there.
  const kept = {
    get(key) {
      try { return JSON.parse(localStorage.getItem(`pincite.${key}`)); } catch { return null; }
    },
    set(key, value) {
      try { localStorage.setItem(`pincite.${key}`, JSON.stringify(value)); return true; } catch { return false; }
    },
  };

  const request = (method, address, { type = "document", body = null, progress = null } = {}) => {
    const sent = new XMLHttpRequest();
    sent.open(method, address);
    sent.responseType = type;
    if (progress) sent.upload.addEventListener("progress", progress);
    const answer = new Promise((resolve, reject) => {
      sent.addEventListener("load", () => resolve(sent));
      for (const kind of ["error", "abort"]) sent.addEventListener(kind, () => reject(new Error(kind)));
    });
    sent.send(body);
    return { answer, abort: () => sent.abort() };
  };

  // Puts the main part of another page of this site into this one; false where it has none.
  const show = page => {
    const found = page?.getElementById("main");
    if (!found) return false;
    main.replaceChildren(...found.childNodes);
    document.title = page.title;
    arrived();
    return true;
  };

  const focus = found => {
    if (!found) return;
    if (!found.matches("a, button, input")) found.tabIndex = -1;
    found.focus({ preventScroll: true });
  };

  // ---- Answers in place

  const here = () => location.pathname + location.search;
  const places = new Map(); // how far each address was scrolled
  let shown = here();
  let under_way = null;

  addEventListener("scroll", () => { if (!under_way) places.set(shown, scrollY); }, { passive: true });

  const open = async (address, { back = false, order = false } = {}) => {
    under_way?.abort();
    const mine = under_way = request("GET", address);
    const leave = () => { if (back) location.reload(); else location.assign(address); };
    const slow = setTimeout(() => say("Searching"), SLOW_MS);
    main.setAttribute("aria-busy", "true");
    try {
      const sent = await mine.answer;
      if (under_way !== mine) return;
      if (![200, 400].includes(sent.status) || !show(sent.response)) return leave();
      shown = address;
      if (!back) history.pushState(null, "", address);
      under_way = null;
      if (order) return focus(main.querySelector(".orders [aria-current]"));
      scrollTo(0, back ? places.get(address) ?? 0 : 0);
      if (back) return;
      focus(main.querySelector(".error-summary") ?? main.querySelector("article h1") ?? main.querySelector("h1"));
      say(main.querySelector("article .explanation")?.textContent ?? "");
    } catch {
      if (under_way === mine) leave();
    } finally {
      clearTimeout(slow);
      if (under_way === mine) under_way = null;
      if (!under_way) main.removeAttribute("aria-busy");
    }
  };

  // What was left empty is left out, so that addresses stay short.
  const asked_by = form => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value || name === "q") query.append(name, value);
    return `${new URL(form.getAttribute("action"), location.href).pathname}?${query}`;
  };

  addEventListener("popstate", () => { if (here() !== shown) open(here(), { back: true }); });

  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.matches("form.ask")) {
      event.preventDefault();
      open(asked_by(form));
    } else if (form.matches("form.upload")) {
      event.preventDefault();
      upload(form);
    }
  });

  document.addEventListener("click", event => {
    const link = event.target.closest?.("a[data-inline]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link.pathname + link.search, { order: Boolean(link.closest(".orders")) });
  });

  // ---- Copying

  const put = async text => {
    if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
    const field = element("textarea", "", { readonly: "", "aria-hidden": "true", class: "visually-hidden" });
    field.value = text;
    const before = document.activeElement;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus({ preventScroll: true });
    if (!done) throw new Error("not copied");
  };

  const copier = (what, text) => {
    const button = element("button", "Copy", { type: "button", class: "copy" });
    button.append(element("span", `: ${what}`, { class: "visually-hidden" }));
    const word = button.firstChild;
    button.addEventListener("click", async () => {
      try {
        await put(await text());
        word.data = "Copied";
        say(`Copied: ${what}`);
      } catch {
        word.data = "Not copied";
        say("Copying did not work. Follow the link and copy its text.");
      }
      setTimeout(() => { word.data = "Copy"; }, SAID_MS);
    });
    return button;
  };

  // All styles of a place are fetched at once, when the list is opened: a copy has to follow its click closely.
  const offer_copies = list => {
    let styles = null;
    let offered = false;
    const fetched = () => {
      styles ??= request("GET", list.dataset.styles, { type: "json" }).answer.then(sent => sent.response.styles);
      styles.catch(() => { styles = null; });
      return styles;
    };
    const offer = () => {
      if (!list.open) return;
      fetched().catch(() => {});
      if (offered) return;
      offered = true;
      for (const link of list.querySelectorAll("a[data-style]")) {
        const text = async () => {
          const found = (await fetched())[link.dataset.style];
          if (typeof found !== "string") throw new Error("no such style");
          return found;
        };
        link.after(" ", copier(link.textContent, text));
      }
    };
    list.addEventListener("toggle", offer);
    offer();
  };

  // ---- The history of this browser

  const ours = address => {
    try { return new URL(address, location.origin).origin === location.origin; } catch { return false; }
  };

  const entries = () => {
    const found = kept.get("history");
    return (Array.isArray(found) ? found : []).filter(one =>
      one && [one.question, one.address, one.said, one.at].every(value => typeof value === "string") && ours(one.address));
  };

  const remember = answer => {
    if (kept.get("keep") === false) return;
    const one = {
      question: answer.querySelector(".asked").textContent,
      address: answer.dataset.address,
      said: answer.querySelector("h1").textContent,
      at: new Date().toISOString(),
    };
    kept.set("history", [one, ...entries().filter(old => old.address !== one.address)].slice(0, MOST_KEPT));
  };

  const tell_history = section => {
    const part = name => section.querySelector(`[data-part="${name}"]`);
    const usable = kept.set("tried", true);
    const found = entries();
    part("without").hidden = usable;
    if (!usable) part("without").textContent = "This browser does not let this site keep anything.";
    part("controls").hidden = !usable;
    part("none").hidden = !usable || found.length > 0;
    part("clear").hidden = !found.length;
    part("keep").checked = kept.get("keep") !== false;
    const days = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });
    part("list").replaceChildren(...found.map(one => {
      const row = element("li");
      const at = new Date(one.at);
      const line = element("p", "", { class: "source" });
      const forget = element("button", "Forget", { type: "button", class: "copy" });
      forget.append(element("span", `: ${one.question}`, { class: "visually-hidden" }));
      forget.addEventListener("click", () => {
        kept.set("history", entries().filter(other => other.address !== one.address));
        tell_history(section);
        focus(part("title"));
        say("Forgotten");
      });
      if (!Number.isNaN(at.getTime())) line.append(element("time", days.format(at), { datetime: one.at }), ". ");
      line.append(`${one.said}. `, forget);
      row.append(element("a", one.question, { href: one.address, dir: "auto" }), line);
      return row;
    }));
  };

  const start_history = section => {
    const part = name => section.querySelector(`[data-part="${name}"]`);
    part("clear").addEventListener("click", () => {
      kept.set("history", []);
      tell_history(section);
      focus(part("title"));
      say("All questions are forgotten");
    });
    part("keep").addEventListener("change", event => kept.set("keep", event.target.checked));
    tell_history(section);
  };

  // ---- Keys

  const follow = which => {
    const link = main.querySelector(`a[rel="${which}"]`);
    if (link) return link.click();
    const quotes = [...main.querySelectorAll("figure.quote")];
    const at = quotes.findIndex(one => one.contains(document.activeElement));
    const found = quotes[which === "next" ? at + 1 : at < 0 ? quotes.length - 1 : at - 1];
    if (!found) return;
    focus(found);
    found.scrollIntoView({ block: "center" });
  };

  const KEYS = {
    "/": () => {
      const field = main.querySelector("#find") ?? main.querySelector("#q");
      if (field) { field.focus(); field.select?.(); } else document.querySelector("a.brand").click();
    },
    n: () => follow("next"), j: () => follow("next"),
    p: () => follow("prev"), k: () => follow("prev"),
  };

  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]") || kept.get("keys") === false) return;
    if (!Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  const start_keys = part => {
    part.hidden = false;
    const tick = part.querySelector("input");
    tick.checked = kept.get("keys") !== false;
    tick.addEventListener("change", () => kept.set("keys", tick.checked));
  };

  // ---- Adding documents

  const upload = async form => {
    const button = form.querySelector("button");
    const told = form.querySelector("[data-part=sending]");
    const bar = told.querySelector("progress");
    const words = told.querySelector("span");
    button.disabled = true;
    told.hidden = false;
    words.textContent = "Sending";
    say("Sending");
    const progress = event => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      words.textContent = event.loaded < event.total ? `${Math.floor(100 * bar.value)} % sent` : "Sent";
    };
    try {
      const sent = await request("POST", form.getAttribute("action"), { body: new FormData(form), progress }).answer;
      const to = new URL(sent.responseURL);
      if (sent.status === 200 && to.pathname !== location.pathname) return location.assign(to.pathname);
      if (!show(sent.response)) throw new Error("no page");
      focus(main.querySelector("h1"));
    } catch {
      button.disabled = false;
      told.hidden = true;
      say("Sending did not work");
      form.submit();
    }
  };

  const watch = job => {
    const look = async () => {
      if (!job.isConnected) return;
      try {
        const sent = await request("GET", here()).answer;
        const next = sent.response?.querySelector("[data-job]");
        if (!next) throw new Error("no job");
        if (next.textContent !== job.textContent) {
          const [before, after] = [job, next].map(one => one.querySelector("h1").textContent);
          show(sent.response);
          if (before !== after) say(after);
          return;
        }
      } catch { /* the server may be gone for a moment */ }
      setTimeout(look, POLL_MS);
    };
    setTimeout(look, POLL_MS);
  };

  // ---- All of it, on a page that has just come

  function arrived() {
    const answer = main.querySelector("#answer[data-address]");
    if (answer) remember(answer);
    for (const list of main.querySelectorAll("details[data-styles]")) offer_copies(list);
    for (const link of main.querySelectorAll("a[data-copy]")) link.after(" ", copier(link.textContent, async () => link.href));
    const past = main.querySelector("[data-history]");
    if (past) start_history(past);
    const keys = main.querySelector("[data-keys]");
    if (keys) start_keys(keys);
    const job = main.querySelector("[data-job=open]");
    if (job) watch(job);
  }

  arrived();
})();
