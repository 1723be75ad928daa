import { Page } from "../ui/Page.tsx";

export const Overview = () => <Page title="Overview">This page is not written yet.</Page>;
