<?php

// Reads a delivery from stdin, as JSON with its secret, its headers and its body, and says whether it is genuine.

// readme: begin
/** @param array<string, string> $headers */
function isGenuine(string $secret, array $headers, string $body): bool
{
    $key = base64_decode(substr($secret, strlen('whsec_')));
    $signed = "{$headers['webhook-id']}.{$headers['webhook-timestamp']}.{$body}";
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
    $isFresh = abs(time() - (int) $headers['webhook-timestamp']) < 300;
    $isSigned = false;
    foreach (explode(' ', $headers['webhook-signature']) as $given) {
        $isSigned = hash_equals($expected, $given) || $isSigned;
    }

    return $isFresh && $isSigned;
}
// readme: end

$delivery = json_decode(file_get_contents('php://stdin'), true);
echo isGenuine($delivery['secret'], $delivery['headers'], $delivery['body']) ? "genuine\n" : "forged\n";
