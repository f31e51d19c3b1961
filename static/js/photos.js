/* Photos are made small enough for a weak network before they are sent; that also leaves behind where they were taken.
   Chosen ones are shown and can be taken away. Without this file the field sends what was chosen, as it is. */
(function () {
  "use strict";
  var LONGEST = 2000;
  var SMALL = 160;

  function scaled(picture, longest) {
    var share = Math.min(1, longest / Math.max(picture.width, picture.height));
    var canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * share));
    canvas.height = Math.max(1, Math.round(picture.height * share));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  }
  function opened(file) {
    return window.createImageBitmap(file, { imageOrientation: "from-image" }).catch(function () { return window.createImageBitmap(file); });
  }
  /* The file to send and a small picture of it; a file nobody can open goes as it is, and the server says what is wrong. */
  function prepared(file) {
    return opened(file).then(function (picture) {
      var large = scaled(picture, LONGEST);
      return new Promise(function (done) {
        large.toBlob(function (blob) {
          var smaller = blob && blob.size < file.size;
          done({ file: smaller ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file, small: scaled(picture, SMALL) });
        }, "image/jpeg", 0.85);
      });
    }).catch(function () { return { file: file, small: null }; });
  }
  function start(box) {
    var field = box.querySelector("input[type=file]");
    var list = box.querySelector("ul.new");
    var status = box.querySelector("[role=status]");
    var chosen = [];
    box.classList.add("on");

    function say(words) { status.textContent = words; status.hidden = !words; }
    function fill() {
      var all = new DataTransfer();
      chosen.forEach(function (one) { all.items.add(one.file); });
      field.files = all.files;
    }
    function draw() {
      list.textContent = "";
      list.hidden = !chosen.length;
      chosen.forEach(function (one, position) {
        var item = document.createElement("li");
        var name = box.dataset.photo + " " + (position + 1);
        var button = document.createElement("button");
        if (one.small) { one.small.setAttribute("role", "img"); one.small.setAttribute("aria-label", name); item.appendChild(one.small); }
        else { item.appendChild(document.createTextNode(one.file.name)); }
        button.type = "button";
        button.className = "btn btn-text";
        button.textContent = box.dataset.remove;
        button.setAttribute("aria-label", box.dataset.remove + " " + name);
        button.addEventListener("click", function () { chosen.splice(position, 1); fill(); draw(); field.focus(); });
        item.appendChild(button);
        list.appendChild(item);
      });
    }
    field.addEventListener("change", function () {
      var files = Array.prototype.slice.call(field.files);
      say(box.dataset.preparing);
      field.form.dataset.busy = "1";
      Promise.all(files.map(prepared)).then(function (more) {
        chosen = chosen.concat(more);
        fill();
        draw();
        say("");
        delete field.form.dataset.busy;
      });
    });
    field.form.addEventListener("submit", function () { if (field.files.length) { say(box.dataset.uploading); } });
  }
  if (!window.createImageBitmap || !window.DataTransfer || !window.Promise) { return; }
  try { new DataTransfer().items.add(new File([], "x")); } catch (error) { return; }
  Array.prototype.forEach.call(document.querySelectorAll("[data-photos-of]"), start);
}());
