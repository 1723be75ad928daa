// The pages that are loaded when one of them is opened. The first load does not have them.
export { Activity } from "./pages/Activity.tsx";
export { Examples, ExamplesFor } from "./pages/Examples.tsx";
export { Exports } from "./pages/Exports.tsx";
export { Keys } from "./pages/Keys.tsx";
export { Settings } from "./pages/Settings.tsx";
export { Verify } from "./pages/Verify.tsx";
