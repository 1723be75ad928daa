import { Page } from "../ui/Page.tsx";

export const Keys = () => <Page title="Keys">This page is not written yet.</Page>;
