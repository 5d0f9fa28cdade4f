import type { Source } from "../source.ts";

export const avocado: Source = {
  name: "avocado",
  title: "Avocado prices (Hass Avocado Board)",
  home: "https://github.com/MayankkYogi/Avocado",
  licence: "none stated with the copy; Kaggle lists ODbL 1.0",
  citation: "Hass Avocado Board (2018). Hass avocado sales and prices, by way of Kaggle (J. Kiggins).",
  files: [
    // the file that the authors' code downloads, at a fixed commit; no checksum of it is published
    {
      file: "avocado.csv",
      url: "https://raw.githubusercontent.com/MayankkYogi/Avocado/90bf4e08cb3f6b5b058db7a135b2c488b0e17ff5/avocado.csv",
      sha256: null,
      bytes: 1_920_113,
    },
  ],
  blocks: [
    [{ file: "avocado.csv", sha256: null }],
  ],
  layout: {
    delimiter: ",",
    header: ["index", "Date", "AveragePrice", "Total Volume", "PLU_4046", "PLU_4225", "PLU_4770", "Total Bags", "Small Bags", "Large Bags", "XLarge Bags", "type", "year", "region"],
  },
  rows: 18_249,
  targets: 1,
  columns: [
    ["date", 169], ["total_volume", 84.56, 62505646.52], ["plu_4046", 0, 22743616.17], ["plu_4225", 0, 20470572.61], ["plu_4770", 0, 2546439.11],
    ["total_bags", 0, 19373134.37], ["small_bags", 0, 13384586.8], ["large_bags", 0, 5719096.61], ["xlarge_bags", 0, 551693.65], ["type", 2],
    ["year", 2015, 2018], ["region", 54], ["average_price", 0.44, 3.25],
  ],
  // without the row index; the price goes last
  order: [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 2],
};
