import type { Source } from "../source.ts";

export const naval: Source = {
  name: "naval",
  title: "Condition-based maintenance of naval propulsion plants",
  home: "https://archive.ics.uci.edu/dataset/316/condition+based+maintenance+of+naval+propulsion+plants",
  licence: "CC BY 4.0",
  citation: "Coraddu, A., Oneto, L., Ghio, A., Savio, S., Figari, M. and Anguita, D. (2014). Condition Based Maintenance of Naval Propulsion Plants. UCI Machine Learning Repository. doi:10.24432/C5K31K",
  files: [
    // several public projects state both checksums; the text, put together again from the reference values, has its own
    {
      file: "naval.zip",
      url: "https://archive.ics.uci.edu/static/public/316/condition+based+maintenance+of+naval+propulsion+plants.zip",
      sha256: "91a3815da80b5ab7e2d5b82ac82f1c2cbf89182c7a65bcdf240db1e014423cb9",
      bytes: 567_071,
    },
  ],
  blocks: [
    [{ file: "naval.zip", member: "data.txt", sha256: "de0ea69da1efaab8b9655ffed828547d10dd68c1fb8c6e0163e6a988def393a6" }],
  ],
  layout: { delimiter: "whitespace" },
  rows: 11_934,
  targets: 2,
  columns: [
    ["lever_position", 1.138, 9.3], ["ship_speed", 3, 27], ["gt_shaft_torque", 253.547, 72784.872], ["gt_rpm", 1307.675, 3560.741],
    ["gg_rpm", 6589.002, 9797.103], ["starboard_propeller_torque", 5.304, 645.249], ["port_propeller_torque", 5.304, 645.249],
    ["hp_turbine_exit_temp", 442.364, 1115.797], ["gt_compressor_inlet_temp", 288, 288], ["gt_compressor_outlet_temp", 540.442, 789.094],
    ["hp_turbine_exit_pressure", 1.093, 4.56], ["gt_compressor_inlet_pressure", 0.998, 0.998], ["gt_compressor_outlet_pressure", 5.828, 23.14],
    ["gt_exhaust_pressure", 1.019, 1.052], ["turbine_injection_control", 0, 92.556], ["fuel_flow", 0.068, 1.832], ["compressor_decay", 0.95, 1],
    ["turbine_decay", 0.975, 1],
  ],
};
