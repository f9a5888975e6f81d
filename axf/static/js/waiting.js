// Back from the payment: asks every three seconds whether the confirmation has arrived, and then shows the order.
const isWaiting = (page) => page.querySelector("[data-waiting]") !== null;

async function ask() {
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && !isWaiting(page)) {
      location.reload();
      return;
    }
  } catch {
    // No connection just now: ask again.
  }
  setTimeout(ask, 3000);
}

if (isWaiting(document)) setTimeout(ask, 1000);
