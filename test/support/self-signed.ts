/** A certificate for localhost that no machine trusts, with its key: protects nothing, for tests of TLS on loopback only. */
export const selfSigned = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCo4wvh5YoD19DfFU
t0MbHRCat+TI6rQ+HBtnsagiI3ihRANCAAQiA01t5+KQ3wcHHE77yZYjtrAt+sAQ
sduyPdg2AeyFMonj/gA0mgr/eU9dp7sqbai7hNxnlmKm3k0RDm2feP9v
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUdfW6KQ/1Hx28J5YTzy6zEpNKeNIwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzA3MDcwM1oYDzIxMjYxMDMw
MDcwNzAzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQiA01t5+KQ3wcHHE77yZYjtrAt+sAQsduyPdg2AeyFMonj/gA0mgr/
eU9dp7sqbai7hNxnlmKm3k0RDm2feP9vo28wbTAdBgNVHQ4EFgQUi5VnZiPtDnoh
9P1PUXLYV0fByT4wHwYDVR0jBBgwFoAUi5VnZiPtDnoh9P1PUXLYV0fByT4wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgO9Anfja92BhJQrObnJvXZN8nXZpd1hulN3LoSR+cx1sCIQDI
WExSFFgLi1nLrHMH1rMamn/7mLoOhvNErWl25Awb2w==
-----END CERTIFICATE-----
`,
};
