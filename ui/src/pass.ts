// The pass on a visitor's phone: renewed before it runs out, and at once when the phone is taken out again.

const RETRY_MS = 5000;

for (const root of document.querySelectorAll<HTMLElement>("[data-pass]")) {
  let timer = 0;
  let due = 0;

  const wait = () => {
    const seconds = Number(root.querySelector<HTMLElement>("[data-renew]")?.dataset["renew"]);
    due = performance.now() + seconds * 1000;
    timer = window.setTimeout(() => void renew(), seconds * 1000);
  };

  const renew = async () => {
    window.clearTimeout(timer);
    // Whoever reads the text of the pass keeps it open.
    const isOpen = root.querySelector("details")?.open ?? false;
    try {
      const answer = await fetch(root.dataset["pass"] ?? "", { headers: { accept: "text/html" } });
      if (answer.redirected || answer.status === 401) return window.location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      root.innerHTML = await answer.text();
      const details = root.querySelector("details");
      if (details) details.open = isOpen;
      wait();
    } catch {
      timer = window.setTimeout(() => void renew(), RETRY_MS);
    }
  };

  wait();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && performance.now() >= due) void renew();
  });
}
