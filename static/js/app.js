/* Small helps on top of pages that work without it. No inline code, no eval, no library needed. */
(function () {
  "use strict";
  var html = document.documentElement;
  var words = html.dataset;

  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function byId(id) { return document.getElementById(id); }
  function store(key, value) {
    try {
      if (value === undefined) { return localStorage.getItem(key); }
      if (value === null) { localStorage.removeItem(key); } else { localStorage.setItem(key, value); }
    } catch (error) { /* a browser without storage simply keeps no drafts */ }
    return null;
  }
  function show(id, on) { var bar = byId(id); if (bar) { bar.hidden = !on; } }

  /* ---- sending: once, with a word that it is under way; kept back while the network is down ---- */
  var waiting = null;
  function busy(form, on, button) {
    form.dataset.busy = on ? "1" : "";
    all("button[type=submit],button:not([type])", form).forEach(function (each) {
      if (on) {
        each.setAttribute("aria-disabled", "true");
        if (each === button && !each.dataset.words) { each.dataset.words = each.innerHTML; each.textContent = words.sending; }
      } else {
        each.removeAttribute("aria-disabled");
        if (each.dataset.words) { each.innerHTML = each.dataset.words; delete each.dataset.words; }
      }
    });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method === "dialog" || form.method === "get") { return; }
    if (form.dataset.busy) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (navigator.onLine === false) { event.preventDefault(); waiting = form; show("offline-bar", true); return; }
    if (form.hasAttribute("data-forget-drafts")) { forgetDrafts(); }
    markSent(form);
    if (form.hasAttribute("hx-post")) { return; }
    var button = event.submitter || form.querySelector("button[type=submit],button:not([type])");
    setTimeout(function () { busy(form, true, button); }, 0);
  }, true);
  window.addEventListener("pageshow", function () { all("form[data-busy]").forEach(function (form) { busy(form, false); }); });
  window.addEventListener("offline", function () { show("offline-bar", true); });
  window.addEventListener("online", function () {
    show("offline-bar", false);
    var form = waiting;
    waiting = null;
    if (form) { if (form.requestSubmit) { form.requestSubmit(); } else { form.submit(); } }
  });

  /* ---- drafts: what is typed stays on this device until it was sent ---- */
  var PREFIX = "draft:" + (words.user || "") + ":";
  function drafts() {
    var keys = [];
    try { for (var at = 0; at < localStorage.length; at++) { if (localStorage.key(at).indexOf("draft:") === 0) { keys.push(localStorage.key(at)); } } } catch (error) { return []; }
    return keys;
  }
  function forgetDrafts() { drafts().forEach(function (key) { store(key, null); }); }
  function kept(element) {
    if (element.dataset.keep !== undefined) { return true; }  // the version a draft was begun with
    return element.name && element.dataset.noDraft === undefined && !element.hasAttribute("data-private") && !/^(csrfmiddlewaretoken|form_key|version)$/.test(element.name) && !/^(hidden|password|file|submit|button)$/.test(element.type);
  }
  function readForm(form) {
    var values = {};
    Array.prototype.forEach.call(form.elements, function (element) {
      if (!kept(element)) { return; }
      if (element.type === "checkbox" || element.type === "radio") {
        values[element.name] = values[element.name] || [];
        if (element.checked) { values[element.name].push(element.value); }
      } else { values[element.name] = element.value; }
    });
    return values;
  }
  function fillForm(form, values) {
    Array.prototype.forEach.call(form.elements, function (element) {
      if (!kept(element) || !(element.name in values)) { return; }
      var value = values[element.name];
      if (element.type === "checkbox" || element.type === "radio") { element.checked = value.indexOf(element.value) >= 0; } else { element.value = value; }
    });
  }
  function parse(key) { try { return JSON.parse(store(key) || "null"); } catch (error) { return null; } }
  function clock(at) { var time = new Date(at); return time.getHours() + ":" + ("0" + time.getMinutes()).slice(-2); }
  function saved(form, at, said) {
    var line = form.querySelector(".save");
    if (!line) { return; }
    line.hidden = false;
    line.querySelector("span").textContent = said + " " + clock(at);
  }
  function markSent(form) {
    if (!form.dataset.draft) { return; }
    store(PREFIX + form.dataset.draft, JSON.stringify({ at: Date.now(), values: readForm(form), sent: true }));
  }
  function settleDrafts() {
    var keep = document.body.hasAttribute("data-keep-drafts");
    drafts().forEach(function (key) {
      var draft = parse(key);
      if (!draft) { store(key, null); return; }
      var here = all("form[data-draft]").some(function (form) { return PREFIX + form.dataset.draft === key; });
      if (draft.sent && !keep && !here) { store(key, null); }
      if (draft.sent && (keep || here)) { draft.sent = false; store(key, JSON.stringify(draft)); }
      if (Date.now() - draft.at > 14 * 864e5) { store(key, null); }
    });
  }
  function keepDraft(form) {
    var key = PREFIX + form.dataset.draft;
    var draft = parse(key);
    if (draft && !byId("errors")) { fillForm(form, draft.values); saved(form, draft.at, words.saved); }
    var timer = null;
    form.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(function () {
        if (form.dataset.busy) { return; }
        var at = Date.now();
        store(key, JSON.stringify({ at: at, values: readForm(form) }));
        saved(form, at, words.saved);
      }, 800);
    });
  }

  /* ---- the sign-in ends: said five minutes before, unless another window has prolonged it; said at once when it is over ---- */
  function csrf() { return (document.cookie.match(/(?:^|; )csrftoken=([^;]*)/) || ["", ""])[1]; }
  function watchSession() {
    var bar = byId("session-bar"), left = document.body.dataset.sessionLeft, key = "ends:" + words.user;
    if (!bar) { return; }
    var line = bar.querySelector("span"), button = bar.querySelector("button"), link = bar.querySelector("a"), ends, before;
    function prolong(seconds) { ends = Date.now() + seconds * 1000; store(key, ends); }
    function look() {
      ends = +store(key) || ends;
      var over = Date.now() >= ends, soon = ends - Date.now() < 3e5;
      if (button.hidden && csrf()) { all("[name=csrfmiddlewaretoken]").forEach(function (field) { field.value = csrf(); }); }
      var text = !soon ? "" : over ? bar.dataset.over : bar.dataset.soon.replace("{time}", clock(ends));
      if (soon && bar.hidden) { before = document.activeElement; }
      if (!soon && bar.contains(document.activeElement) && before) { before.focus(); }
      bar.hidden = !soon; button.hidden = over; link.hidden = !over;
      if (line.textContent !== text) { line.textContent = text; }
    }
    button.addEventListener("click", function () {
      fetch(button.dataset.stay, { method: "POST", headers: { "X-CSRFToken": csrf() }, credentials: "same-origin" }).then(function (answer) {
        if (answer.redirected || !answer.ok) { prolong(0); look(); } else { answer.json().then(function (data) { prolong(data.seconds); look(); }); }
      }).catch(function () { show("offline-bar", true); });
    });
    document.addEventListener("htmx:beforeSwap", function (event) {
      if (event.detail.xhr.responseURL.indexOf(link.href) === 0) { event.detail.shouldSwap = false; prolong(0); look(); }
    });
    prolong(left ? +left : Infinity);
    look();
    setInterval(look, 5000);
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
  }

  /* ---- dialogs, copying, printing, menus ---- */
  function openDialog(dialog) {
    if (!dialog || !dialog.showModal) { return false; }
    if (!dialog.open) { dialog.showModal(); }
    return true;
  }
  document.addEventListener("click", function (event) {
    var target = event.target.closest ? event.target : event.target.parentNode;
    if (!target || !target.closest) { return; }
    var opener = target.closest("[data-open]");
    if (opener && openDialog(byId(opener.dataset.open))) { event.preventDefault(); }
    var closer = target.closest("dialog [data-close]");
    if (closer) { event.preventDefault(); closer.closest("dialog").close(); }
    if (target.closest("[data-print]")) { window.print(); }
    var copier = target.closest("[data-copy]");
    if (copier && navigator.clipboard) {
      event.preventDefault();
      navigator.clipboard.writeText(copier.dataset.copy || copier.href).then(function () { say(words.copied); });
    }
    all("details.menu[open]").forEach(function (menu) { if (!menu.contains(target)) { menu.open = false; } });
  });
  function say(text) {
    var box = byId("toasts");
    if (!box) { return; }
    var line = document.createElement("div");
    line.className = "toast0";
    line.textContent = text;
    box.appendChild(line);
    setTimeout(function () { line.remove(); }, 10000);
  }

  /* ---- single keys: J K Enter A M U X R / ?; off while typing, and off for good if wished ---- */
  function typing(target) { return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName); }
  function seen(element) { return element.offsetParent !== null; }
  function rows() { return all("[data-row]").filter(seen); }
  function step(by) {
    var list = rows();
    if (!list.length) { return; }
    var now = list.indexOf(document.activeElement);
    if (now < 0) { now = list.findIndex(function (row) { return row.closest("tr.sel,.sel"); }); }
    list[Math.min(Math.max(now + by, 0), list.length - 1)].focus();
  }
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { all("details.menu[open]").forEach(function (menu) { menu.open = false; menu.querySelector("summary").focus(); }); return; }
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (typing(event.target) || store("keys") === "off" || document.querySelector("dialog[open]")) { return; }
    var key = event.key.toLowerCase();
    if (key === "?" && openDialog(byId("keys"))) { event.preventDefault(); return; }
    var named = all('[data-key="' + (/^[a-z/]$/.test(key) ? key : "-") + '"]').filter(seen)[0];
    if (named) {
      event.preventDefault();
      if (typing(named)) { named.focus(); } else { named.click(); }
    } else if (key === "j") { step(1); } else if (key === "k") { step(-1); } else if (key === "x") {
      var row = document.activeElement.closest("tr,li");
      var tick = row && row.querySelector("input[type=checkbox]");
      if (tick) { event.preventDefault(); tick.click(); }
    }
  });
  document.addEventListener("focusin", function (event) {
    if (!event.target.hasAttribute || !event.target.hasAttribute("data-row")) { return; }
    all("tr.sel[data-marks]").forEach(function (row) { row.classList.remove("sel"); });
    var row = event.target.closest("tr");
    if (row) { row.classList.add("sel"); row.setAttribute("data-marks", ""); }
  });

  /* ---- htmx: words for failures, focus for what changed ---- */
  document.addEventListener("htmx:beforeRequest", function (event) {
    var form = event.target.closest("form[hx-post]");
    if (form) { busy(form, true, form.querySelector("button")); } else if (event.target.querySelector("form[data-busy='1']")) { event.preventDefault(); }
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.target.closest("form[hx-post]"), kept = event.target.querySelector("form[data-autosaved]");
    if (form) { busy(form, false); }
    if (kept && event.detail.xhr.status === 204) { saved(kept, Date.now(), kept.dataset.autosaved); }
  });
  document.addEventListener("htmx:responseError", function () { show("error-bar", true); setTimeout(function () { show("error-bar", false); }, 8000); });
  document.addEventListener("htmx:sendError", function () { show("offline-bar", true); });
  document.addEventListener("htmx:afterSwap", function (event) {
    var target = event.detail.target;
    if (target.tagName === "DIALOG") { if (target.textContent.trim()) { openDialog(target); } else { target.close(); } }
    all("form[data-draft]", target).forEach(keepDraft);
  });

  /* ---- start ---- */
  document.addEventListener("DOMContentLoaded", function () {
    watchSession();
    settleDrafts();
    all("form[data-draft]").forEach(keepDraft);
    var rail = document.querySelector(".rail-in");
    var here = rail && rail.querySelector("[aria-current]");
    if (here && rail.scrollWidth > rail.clientWidth) { rail.scrollLeft = here.offsetLeft - rail.clientWidth / 2; }
    var keysOn = byId("keys-on");
    if (keysOn) {
      keysOn.checked = store("keys") !== "off";
      keysOn.addEventListener("change", function () { store("keys", keysOn.checked ? null : "off"); });
    }
  });
})();
