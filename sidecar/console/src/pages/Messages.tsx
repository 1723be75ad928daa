import { A } from "../ui/A.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Page } from "../ui/Page.tsx";
import { MessageList } from "./message/MessageList.tsx";

export function Messages() {
  return (
    <Page
      title="Messages"
      actions={
        <A to="/examples" class="button">
          <Icon name="send" /> Send one
        </A>
      }
    >
      <MessageList />
    </Page>
  );
}
