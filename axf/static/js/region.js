// Province, city, district: the lower selects fill at once. Without this, a button asks the server for the choices.
for (const box of document.querySelectorAll("[data-regions]")) {
  const [province, city, district] = ["province", "city", "district"].map((name) => box.querySelector(`[name="${name}"]`));
  const step = box.querySelector("[data-region-step]");
  let asked = 0;
  step.hidden = true;

  const offer = (select, regions) => {
    select.replaceChildren(new Option(box.dataset.textChoose, ""));
    for (const { code, name } of regions) select.add(new Option(name, code));
    if (regions.length === 1) select.value = regions[0].code;
  };
  const below = async (code) => {
    if (!code) return [];
    const answer = await fetch(`${box.dataset.regions}?of=${code}`);
    if (!answer.ok) throw new Error(answer.status);
    return (await answer.json()).regions;
  };
  // A slow answer to an earlier choice must not overwrite a later one.
  const fill = async (upper, ...lower) => {
    const mine = ++asked;
    box.querySelector("[data-region-hint]")?.remove();
    for (const select of lower) offer(select, []);
    try {
      let code = upper.value;
      for (const select of lower) {
        const regions = await below(code);
        if (mine !== asked) return;
        offer(select, regions);
        code = select.value;
      }
    } catch {
      step.hidden = false;
    }
  };
  province.addEventListener("change", () => fill(province, city, district));
  city.addEventListener("change", () => fill(city, district));
  district.addEventListener("change", () => box.querySelector("[data-region-hint]")?.remove());
}
