// What every checked file begins with. JSON has strings where the types have enumerations of strings; everything else
// must be as the types say.
import type {Dashboard, Panel, RowPanel, TableFieldOptions, GraphFieldConfig, TableOptions} from '@grafana/schema';
import type {Options as StatOptions} from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {Options as SeriesOptions, FieldConfig as SeriesFields}
  from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type {Options as TableCfg} from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
type Json<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T
  : T extends (infer U)[] ? Json<U>[] : T extends object ? {[K in keyof T]: Json<T[K]>} : T;
