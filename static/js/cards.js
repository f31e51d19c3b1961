/* A table is a download: the page stays. When its answer has come, marked by a cookie, show how many cards there are now. */
(function () {
  "use strict";
  document.addEventListener("submit", function (event) {
    var name = event.target.dataset.tableArrives;
    if (!name) { return; }
    var watch = setInterval(function () {
      if (document.cookie.indexOf(name + "=1") < 0) { return; }
      clearInterval(watch);
      document.cookie = name + "=; max-age=0; path=/surveys/";
      location.reload();
    }, 500);
  });
})();
