import tseslint from "typescript-eslint";

const ownFolders = [
  "provider",
  "programs",
  "components",
  "cli",
  "toolchain",
  "labs",
  "bench",
  "certs",
  "plugins",
  "images",
];

export default tseslint.config(
  { ignores: ["node_modules/", ".labwright/", "test/golden/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: "error",
      "prefer-const": "error",
      "no-var": "error",
    },
  },
  {
    // The model of a lab is pure: no engine, no kernel, no files.
    files: ["topology/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: [
                "@pulumi/*",
                "fs",
                "child_process",
                "node:fs",
                "node:fs/*",
                "node:child_process",
                ...ownFolders.map((folder) => `**/${folder}/**`),
              ],
              message: "topology/ is pure: plain data in, plain data out.",
            },
          ],
        },
      ],
    },
  },
  {
    // Certificates out of plain data; topology/ gives the types of what they hold.
    files: ["certs/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: [
                "@pulumi/*",
                "fs",
                "child_process",
                "node:fs",
                "node:fs/*",
                "node:child_process",
                ...ownFolders.filter((folder) => folder !== "certs").map((folder) => `**/${folder}/**`),
              ],
              message: "certs/ is pure: plain data in, certificates out.",
            },
          ],
        },
      ],
    },
  },
  {
    // Tests register with describe and test, which give promises that the runner awaits.
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-floating-promises": "off" },
  },
);
