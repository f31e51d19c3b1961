/* The board: a visit's dialog, dragging it to a half-day, hearing of what others did. Without this file chips and buttons are plain links. */
(function () {
  "use strict";
  var htmx = window.htmx;
  var NEWS_SECONDS = 30;
  var dragged = null;
  var moved = "";
  if (!htmx || !document.getElementById("board")) { return; }

  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function ask(method, url, values) { htmx.ajax(method, url, { target: "#place", swap: "innerHTML", values: values || {} }); }
  function closest(event, selector) { return event.target.closest ? event.target.closest(selector) : null; }

  /* ---- the dialog: everything a drag can do, for keyboard and touch ---- */
  document.addEventListener("click", function (event) {
    if (closest(event, "[data-refresh]")) { htmx.trigger(document.body, "board-changed"); return; }
    var link = closest(event, "#board a.chip[data-v],#board a[data-place]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    ask("GET", link.getAttribute("href") + (link.classList.contains("chip") ? "move/" : ""));
  });

  /* ---- dragging: only half-days of its own row, and not where it is already ---- */
  function mark(cell) {
    all("td.drop").forEach(function (each) { if (each !== cell) { each.classList.remove("drop"); } });
    if (cell) { cell.classList.add("drop"); }
  }
  function dayOf(cell) {
    var head = cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
    return head.dataset.day || "";
  }
  function groupOf(cell) { return cell.parentNode.dataset.group || cell.parentNode.id.slice(2); }
  function end() {
    mark(null);
    all("td.can").forEach(function (cell) { cell.classList.remove("can"); });
    dragged = null;
  }
  document.addEventListener("dragstart", function (event) {
    var visit = closest(event, "#board [data-v]");
    if (!visit) { return; }
    var row = visit.closest("tr");
    var own = row ? row.dataset.group : visit.dataset.of;
    dragged = { url: visit.dataset.url || visit.getAttribute("href"), version: visit.dataset.v, placed: !!row };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", visit.textContent.trim());
    all("#board td[data-slot],#board tbody tr[id] td").forEach(function (cell) {
      if ((!own || groupOf(cell) === own) && !cell.contains(visit) && (cell.dataset.slot || dayOf(cell))) { cell.classList.add("can"); }
    });
  });
  document.addEventListener("dragover", function (event) {
    if (!dragged) { return; }
    var cell = closest(event, "td.can");
    mark(cell);
    if (cell) { event.preventDefault(); event.dataTransfer.dropEffect = "move"; }
  });
  document.addEventListener("drop", function (event) {
    var cell = dragged && closest(event, "td.can");
    if (!cell) { return; }
    event.preventDefault();
    if (cell.dataset.slot) {
      ask("POST", dragged.url + "drop/", { version: dragged.version, slot: cell.dataset.slot });
    } else {
      ask("GET", dragged.url + (dragged.placed ? "move/" : "schedule/") + "?day=" + dayOf(cell));
    }
    end();
  });
  document.addEventListener("dragend", end);

  /* ---- on a narrow screen the table stays where it was scrolled to; at first it shows today ---- */
  var left = 0;
  function frame() { return document.querySelector("#board .scroll-x"); }
  function scrollTo(position) { var found = frame(); if (found) { found.scrollLeft = position; } }
  var now = document.querySelector("#board th.now");
  if (now && frame()) { scrollTo(now.offsetLeft - document.querySelector("#board th.rh").offsetWidth); }
  document.addEventListener("htmx:beforeSwap", function (event) { if (event.detail.target.id === "board" && frame()) { left = frame().scrollLeft; } });

  /* ---- after a move: the chip that moved is marked and keeps the focus ---- */
  document.addEventListener("board-changed", function (event) { if (event.detail && event.detail.code) { moved = event.detail.code; } });
  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.target.id !== "board") { return; }
    scrollTo(left);
    if (!moved) { return; }
    var chip = document.getElementById("v-" + moved);
    if (!chip) { return; }
    chip.classList.add("sel");
    if (document.activeElement === document.body && chip.href) { chip.focus({ preventScroll: true }); }
  });

  /* ---- what others did: told while the page is looked at, shown when one asks for it ---- */
  function listen() {
    var board = document.getElementById("board");
    if (document.hidden || dragged || !board || document.querySelector("dialog[open]")) { return; }
    htmx.ajax("GET", board.dataset.news, { target: "#news", source: "#news", swap: "innerHTML" });
  }
  setInterval(listen, NEWS_SECONDS * 1000);
  document.addEventListener("visibilitychange", listen);
  document.addEventListener("board-listen", listen);
}());
