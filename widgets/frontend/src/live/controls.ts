/** ipywidgets' own controls, which only pages with one of them need. */
import "@jupyter-widgets/controls/css/widgets-base.css"
export * from "@jupyter-widgets/controls"
