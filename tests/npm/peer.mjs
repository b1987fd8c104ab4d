// Starts the peer of GitHub's API on a free port, prints its address, and ends with standard input.
import { createEmulator } from "emulate";

const seed = JSON.parse(process.argv[2]);
const peer = await createEmulator({ service: "github", port: 0, seed });
console.log(peer.url);
process.stdin.on("end", () => peer.close()).resume();
