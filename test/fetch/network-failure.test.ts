import { expect, it } from "vitest";
import { networkFailure } from "../../src/fetch/network-failure.ts";

const failed = (cause: object): Error => Object.assign(new TypeError("fetch failed"), { cause });

it("the reason that fetch hides in its cause is found", () => {
  expect(networkFailure(failed({ code: "EAI_AGAIN" }))).toEqual({ words: "its name could not be looked up", again: true });
  expect(networkFailure(failed(Object.assign(new AggregateError([]), { code: "ECONNREFUSED" })))).toEqual({ words: "the connection was refused", again: true });
  expect(networkFailure(failed(Object.assign(new Error("x"), { cause: { code: "UND_ERR_SOCKET" } })))).toEqual({ words: "the connection broke", again: true });
});

it("a certificate is not better the second time", () => {
  for (const code of ["CERT_HAS_EXPIRED", "DEPTH_ZERO_SELF_SIGNED_CERT", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "ERR_TLS_CERT_ALTNAME_INVALID"]) expect(networkFailure(failed({ code }))).toEqual({ words: `its certificate was not accepted (${code})`, again: false });
});

it("what is not known is said as it came", () => {
  expect(networkFailure(failed({ code: "ESTRANGE" })).words).toBe("ESTRANGE");
  expect(networkFailure(failed(new Error("socket on fire"))).words).toBe("socket on fire");
});
