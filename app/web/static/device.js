(function (root, agent) {
  root.dataset.device =
    /iPad|iPhone|iPod/.test(agent)
      ? (/Safari/.test(agent) && !/CriOS|FxiOS|EdgiOS|OPT\/|GSA/.test(agent) ? "ios" : "iosother")
      : /Android/i.test(agent) ? "android"
      : /CrOS/.test(agent) ? "chromeos"
      : /Mac OS/.test(agent) ? "mac"
      : /Windows/.test(agent) ? "windows"
      : "linux";
})(document.documentElement, navigator.userAgent);
