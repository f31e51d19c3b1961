/* What is being typed about an issue is saved on the server every few seconds, so a closed tab loses nothing;
   and the cards of step 2 keep their choice while the suggestion changes. */
(function () {
  "use strict";
  function cookie(name) {
    var found = document.cookie.match(new RegExp("(?:^|; )" + name + "=([^;]*)"));
    return found ? decodeURIComponent(found[1]) : "";
  }
  function autosave(form) {
    var timer = null;
    var last = "";
    var leaving = false;
    var token = form.querySelector("[name=csrfmiddlewaretoken]");
    var signedOut = document.getElementById("signed-out");

    /* Signing in again in another window makes a new token; this page must send that one. */
    function freshen() { var now = cookie("csrftoken"); if (now && signedOut && !signedOut.hidden) { token.value = now; } }
    function soon(milliseconds) { clearTimeout(timer); timer = setTimeout(send, milliseconds); }
    function words(data) {
      var all = [];
      data.forEach(function (value, name) { if (name !== "csrfmiddlewaretoken") { all.push(name + "=" + value); } });
      return all.join("\n");
    }
    /* Photos wait for the form itself: they are too large to send again and again. */
    function typed() { var data = new FormData(form); data["delete"]("photos"); return data; }
    function saved() {
      var line = form.querySelector(".save");
      var now = new Date();
      line.hidden = false;
      line.querySelector("span").textContent = form.dataset.autosaved + " " + now.getHours() + ":" + ("0" + now.getMinutes()).slice(-2);
    }
    function send() {
      clearTimeout(timer);
      if (leaving || form.dataset.busy) { return; }
      freshen();
      var data = typed();
      var now = words(data);
      if (now === last) { return; }
      last = now;
      fetch(form.dataset.autosave, { method: "POST", body: data, credentials: "same-origin", keepalive: true })
        .then(function (answer) {
          if (answer.redirected || answer.status === 403) { last = ""; signedOut.hidden = false; return; }
          if (!answer.ok) { last = ""; return; }
          signedOut.hidden = true;
          saved();
        })
        .catch(function () { last = ""; });
    }
    last = words(typed());
    form.addEventListener("input", function () { soon(1500); });
    form.addEventListener("focusout", function () { soon(1000); });
    form.addEventListener("submit", function () { freshen(); leaving = true; clearTimeout(timer); });
    window.addEventListener("focus", function () { if (signedOut && !signedOut.hidden) { send(); } });
    document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") { send(); } });
    window.addEventListener("pageshow", function () { leaving = false; });
  }
  /* The cards come again with a suggestion; what was chosen meanwhile stays chosen. */
  function keepChoice(box) {
    var chosen = null;
    box.addEventListener("htmx:beforeSwap", function () { chosen = box.querySelector("input:checked"); });
    box.addEventListener("htmx:afterSwap", function () {
      var again = chosen && document.getElementById(chosen.id);
      if (again) { again.checked = true; }
    });
  }
  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll("form[data-autosave]"), autosave);
    Array.prototype.forEach.call(document.querySelectorAll("[data-keep-choice]"), keepChoice);
  });
})();
