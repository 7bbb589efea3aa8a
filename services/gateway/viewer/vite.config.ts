import { defineConfig } from "vitest/config";

// Where `npm run dev` finds the API: a gateway on this machine unless told otherwise.
const gateway = process.env.GATEWAY ?? "http://localhost:8080";

export default defineConfig({
  build: {
    outDir: "../wwwroot",
    emptyOutDir: true,
    target: "es2022",
    // One page, one script: nothing to preload, and no host but the gateway.
    modulePreload: false,
  },
  server: {
    proxy: {
      "/ws": { target: gateway, ws: true },
      "/api": gateway,
    },
  },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
  },
});
