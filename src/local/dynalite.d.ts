declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB over HTTP. Closing the server, once it listens, closes its data too. */
  export default function dynalite(options?: {
    /** A folder for the data; absent: in memory. */
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}
