/* The queue: the issue in focus is shown beside the list. Without this file every row is a plain link. */
(function () {
  "use strict";
  var pane = document.getElementById("preview");
  if (!pane || !window.htmx) { return; }
  var wide = window.matchMedia("(min-width:1200px)");
  var here = encodeURIComponent(location.pathname + location.search);

  function mark(row) {
    Array.prototype.forEach.call(document.querySelectorAll("tr.sel"), function (each) { each.classList.remove("sel"); });
    if (row) { row.classList.add("sel"); }
  }
  function show(link) {
    mark(link.closest("tr"));
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
