import { Page } from "../ui/Page.tsx";

export const Message = () => <Page title="Message">This page is not written yet.</Page>;
