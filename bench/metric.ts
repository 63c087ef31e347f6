export interface Metric {
  bench: string;
  metric: string;
  value: number;
  unit: string;
  baseline: string | null;
  baseline_value: number | null;
  ratio: number | null;
}
