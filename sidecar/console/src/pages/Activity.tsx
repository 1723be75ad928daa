import { Page } from "../ui/Page.tsx";

export const Activity = () => <Page title="Activity">This page is not written yet.</Page>;
