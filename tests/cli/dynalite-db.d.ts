declare module 'dynalite/db/index.js' {
  type Key = { AttributeName: string; KeyType: string };
  type Description = {
    TableName: string;
    KeySchema: Key[];
    AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
    GlobalSecondaryIndexes: { IndexName: string; KeySchema: Key[]; Projection: { ProjectionType: string } }[];
  };
  type Item = Record<string, unknown>;
  const db: {
    createKey(item: Item, table: Description): string;
    getIndexActions(
      indexes: Description['GlobalSecondaryIndexes'],
      existing: null,
      item: Item,
      table: Description,
    ): { puts: { index: string; key: string; item: Item }[] };
  };
  export default db;
}
