<?php

declare(strict_types=1);

// A receiver on loopback, as a process: writes its port and then each request to the file it is given, a JSON line each.
// The path `/status/503` is answered so; any other with 200.
$log = fopen($argv[1], 'a');
$server = stream_socket_server('tcp://127.0.0.1:0');
fwrite($log, substr(strrchr(stream_socket_get_name($server, false), ':'), 1) . "\n");
$buffers = [];
$connections = [];
while (true) {
    $readable = [$server, ...array_values($connections)];
    $none = null;
    // It ends with its parent, should that be killed.
    if (stream_select($readable, $none, $none, 1) === 0 && posix_getppid() !== (int) $argv[2]) {
        exit(0);
    }
    foreach ($readable as $stream) {
        if ($stream === $server) {
            $connection = stream_socket_accept($server);
            stream_set_blocking($connection, false);
            $connections[(int) $connection] = $connection;
            $buffers[(int) $connection] = '';
            continue;
        }
        $id = (int) $stream;
        $read = fread($stream, 65536);
        if ($read === '' || $read === false) {
            if (feof($stream)) {
                fclose($stream);
                unset($connections[$id], $buffers[$id]);
            }
            continue;
        }
        $buffers[$id] .= $read;
        while (($end = strpos($buffers[$id], "\r\n\r\n")) !== false) {
            $lines = explode("\r\n", substr($buffers[$id], 0, $end));
            $path = explode(' ', array_shift($lines))[1];
            $headers = [];
            foreach ($lines as $line) {
                [$name, $value] = explode(':', $line, 2);
                $headers[strtolower($name)] = trim($value);
            }
            $length = (int) ($headers['content-length'] ?? 0);
            if (strlen($buffers[$id]) < $end + 4 + $length) {
                break;
            }
            $body = substr($buffers[$id], $end + 4, $length);
            $buffers[$id] = substr($buffers[$id], $end + 4 + $length);
            fwrite($log, json_encode(['path' => $path, 'headers' => $headers, 'body' => base64_encode($body)]) . "\n");
            $status = preg_match('~^/status/(\d{3})~', $path, $found) ? $found[1] : '200';
            fwrite($stream, "HTTP/1.1 {$status} Answer\r\nContent-Length: 0\r\n\r\n");
        }
    }
}
