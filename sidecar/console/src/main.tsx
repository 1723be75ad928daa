import "./style/app.css";
import { render } from "preact";
import { startAddress } from "./address.ts";
import { Frame } from "./frame.tsx";
import { startSession } from "./session.ts";
import { applySettings } from "./settings.ts";

applySettings();

function mount() {
  const place = document.getElementById("app");
  if (!place) return;
  startAddress();
  void startSession();
  render(<Frame />, place);
}

// The script stands in the head, where it holds the first paint back until the theme is known.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mount);
else mount();
