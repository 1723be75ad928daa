// What is loaded when it is needed: the first load does not have it.
export { BulkHost, openBulk } from "./bulk.tsx";
export { Activity } from "./pages/Activity.tsx";
export { Dead } from "./pages/Dead.tsx";
export { Endpoint } from "./pages/Endpoint.tsx";
export { Event } from "./pages/Event.tsx";
export { Events } from "./pages/Events.tsx";
export { EventType } from "./pages/EventType.tsx";
export { EventTypes } from "./pages/EventTypes.tsx";
export { Examples } from "./pages/Examples.tsx";
export { Exports } from "./pages/Exports.tsx";
export { Keys } from "./pages/Keys.tsx";
export { Live } from "./pages/Live.tsx";
export { Message } from "./pages/Message.tsx";
export { NewEndpoint } from "./pages/NewEndpoint.tsx";
export { Settings } from "./pages/Settings.tsx";
export { Verify } from "./pages/Verify.tsx";
