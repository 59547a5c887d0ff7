/**
 * A certificate for *.eu-west-1.amazonaws.com that nobody trusts, and its key: what a proxy shows that looks into the traffic.
 *
 *     openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj "/CN=kvs-census test" \
 *       -addext "subjectAltName=DNS:*.eu-west-1.amazonaws.com,IP:127.0.0.1"
 */
export const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOBjZXWsoMB5mbHj2
ok6gKu5Js/OYn2Cx04vm9SBTQ1ehRANCAAR2lH3SJ57eqcPyazS41TVG94uIf5ne
Slu8T5zSp6NMwYYSOaKFV4cEjAcFaejlKAo/gtd0788aEMNCmFOxtmwk
-----END PRIVATE KEY-----
`;

export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBtzCCAV2gAwIBAgIUZj4GTswiFOIsvHzXYbhGrk7eHF4wCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPa3ZzLWNlbnN1cyB0ZXN0MCAXDTI2MTEyNzAzMjEwMloYDzIx
MjYxMTAzMDMyMTAyWjAaMRgwFgYDVQQDDA9rdnMtY2Vuc3VzIHRlc3QwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAR2lH3SJ57eqcPyazS41TVG94uIf5neSlu8T5zS
p6NMwYYSOaKFV4cEjAcFaejlKAo/gtd0788aEMNCmFOxtmwko38wfTAdBgNVHQ4E
FgQU8pRu3OOC5VZomkr44IyZrqbo+y0wHwYDVR0jBBgwFoAU8pRu3OOC5VZomkr4
4IyZrqbo+y0wDwYDVR0TAQH/BAUwAwEB/zAqBgNVHREEIzAhghkqLmV1LXdlc3Qt
MS5hbWF6b25hd3MuY29thwR/AAABMAoGCCqGSM49BAMCA0gAMEUCIQDNPcowV8Fp
pbU6pK4V8N7+lb7f1uqb2M5EsHI5ZOG9cgIgWj3pFxbGmm0hzkCehXuizhR/qJo9
xcPRiezF/wvRhhE=
-----END CERTIFICATE-----
`;
