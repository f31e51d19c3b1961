/* The code of a scanned card stands behind # in the address, which no server ever sees. Put it into the field and take it
   out of the address bar, so that neither history nor a screenshot keeps it. Without script the code is typed. */
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", function () {
    var field = document.getElementById("id_code");
    var code = decodeURIComponent(location.hash.slice(1));
    if (!field || !code) { return; }
    if (!field.value) { field.value = code.slice(0, 40); }
    history.replaceState(null, "", location.pathname);
  });
})();
