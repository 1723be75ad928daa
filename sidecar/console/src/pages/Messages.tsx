import { Page } from "../ui/Page.tsx";

export const Messages = () => <Page title="Messages">This page is not written yet.</Page>;
