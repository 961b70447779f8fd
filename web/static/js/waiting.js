// The page of those who wait sends again by itself when the turn has come, for those who have scripts on.
// It can be stopped, and the button works all the while.

const form = document.querySelector("form[data-wait]");

if (form) {
  const count = form.querySelector("[data-count]");
  const told = form.querySelector("[data-told]");
  const stop = form.querySelector("[data-stop]");
  const words = (text, seconds) => text.replace("{seconds}", seconds);
  // A second or so more or less, so that not everyone comes in the same instant.
  const due = Date.now() + Number(form.dataset.wait) * 1000 + Math.random() * 1500;
  const left = () => Math.max(0, Math.ceil((due - Date.now()) / 1000));
  const say = (text) => {
    count.textContent = text;
    told.textContent = text;
  };

  const timer = setInterval(() => {
    const seconds = left();
    if (seconds > 0) {
      count.textContent = words(form.dataset.counting, seconds);
      if (seconds % 30 === 0) told.textContent = count.textContent;
      return;
    }
    if (!navigator.onLine) {
      say(form.dataset.offline);
      return;
    }
    end(form.dataset.going);
    form.requestSubmit();
  }, 1000);

  const end = (text) => {
    clearInterval(timer);
    stop.hidden = true;
    say(text);
  };

  count.setAttribute("aria-hidden", "true"); // what is told aloud is told now and then
  count.hidden = false;
  stop.hidden = false;
  say(words(form.dataset.counting, left()));
  stop.addEventListener("click", () => {
    end(form.dataset.stopped);
    form.querySelector("button").focus();
  });
  form.addEventListener("submit", () => end(form.dataset.going));
  // Whoever comes back with the browser's own button has sent it already.
  addEventListener("pageshow", (event) => {
    if (event.persisted) end(form.dataset.stopped);
  });
}
