/* The queue: the issue in focus is shown beside the list, and its page knows the neighbours. Without this file every row is a plain link. */
(function () {
  "use strict";
  var KEPT = "queue";

  function each(selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); }

  /* ---- the page of one issue: previous and next of the list it was opened from ---- */
  var neighbours = document.getElementById("neighbours");
  if (neighbours) {
    var list = [];
    try { list = JSON.parse(sessionStorage.getItem(KEPT) || "[]"); } catch (error) { list = []; }
    var at = list.indexOf(location.pathname);
    if (at >= 0) {
      [[neighbours.children[0], list[at - 1]], [neighbours.children[1], list[at + 1]]].forEach(function (pair) {
        if (pair[1]) { pair[0].href = pair[1]; } else { pair[0].hidden = true; }
      });
      neighbours.hidden = false;
    }
  }

  /* ---- the list ---- */
  var pane = document.getElementById("preview");
  if (!pane) { return; }
  var links = [];
  each("a[data-row][data-code]", function (link) { links.push(link.getAttribute("href")); });
  try { sessionStorage.setItem(KEPT, JSON.stringify(links)); } catch (error) { /* then there are no neighbours */ }
  if (!window.htmx) { return; }
  var wide = window.matchMedia("(min-width:1200px)");
  var here = encodeURIComponent(location.pathname + location.search);

  function show(link) {
    each("tr.sel", function (row) { row.classList.remove("sel"); row.removeAttribute("aria-current"); });
    var row = link.closest("tr");
    row.classList.add("sel");
    row.setAttribute("aria-current", "true");
    if (pane.dataset.previewOf === link.dataset.code) { return; }
    pane.dataset.previewOf = link.dataset.code;
    window.htmx.ajax("GET", link.getAttribute("href") + "preview/?next=" + here, { target: pane, swap: "innerHTML" });
  }
  function linkOf(event) {
    var link = event.target.closest ? event.target.closest("a[data-row][data-code]") : null;
    return link && wide.matches ? link : null;
  }
  document.addEventListener("focusin", function (event) {
    var link = linkOf(event);
    if (link) { show(link); }
  });
  /* The first click of a mouse shows the preview, the second one and Enter open the page. */
  document.addEventListener("mousedown", function (event) {
    var link = linkOf(event);
    if (link) { link.dataset.fresh = pane.dataset.previewOf === link.dataset.code ? "" : "1"; }
  });
  document.addEventListener("click", function (event) {
    var link = linkOf(event);
    if (!link || !event.detail || event.button || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    if (link.dataset.fresh) { event.preventDefault(); link.focus(); show(link); }
    link.dataset.fresh = "";
  });
  var first = wide.matches && pane.dataset.first && document.querySelector('a[data-code="' + pane.dataset.first + '"]');
  if (first) { show(first); }
}());
