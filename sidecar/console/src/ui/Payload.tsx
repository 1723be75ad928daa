export const Payload = ({
  text,
}: {
  text: string;
  name: string;
  size?: number;
  sha256?: string;
  truncated?: boolean;
}) => <pre>{text}</pre>;
