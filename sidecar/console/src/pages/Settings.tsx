import { Page } from "../ui/Page.tsx";

export const Settings = () => <Page title="Settings">This page is not written yet.</Page>;
