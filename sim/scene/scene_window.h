#ifndef SAKSI_SIM_SCENE_SCENE_WINDOW_H_
#define SAKSI_SIM_SCENE_SCENE_WINDOW_H_

#include "hw-models/sensor/light_source.h"

namespace saksi::sim {

/// The part of the scene that a sampling grid sees, in parts of the scene's width and height, which may reach beyond the scene.
struct SceneWindow {
  double left = 0;
  double top = 0;
  double width = 1;
  double height = 1;
  int columns = 0;  ///< samples
  int rows = 0;
  double aspect = 4.0 / 3.0;  ///< the scene's width over its height

  double column_begin(int column) const { return left + width * column / columns; }
  double row_begin(int row) const { return top + height * row / rows; }
};

/// The window of a grid if the scene fills `part` of the sensor's field in width and in height, about its centre; 0 < part.
inline SceneWindow window_of(const hw::SampleGrid& grid, double part) {
  const auto to_scene = [part](double field) { return (field - 0.5) / part + 0.5; };
  SceneWindow window;
  window.left = to_scene(static_cast<double>(grid.x) / grid.field_width);
  window.top = to_scene(static_cast<double>(grid.y) / grid.field_height);
  window.width = static_cast<double>(grid.width) / grid.field_width / part;
  window.height = static_cast<double>(grid.height) / grid.field_height / part;
  window.columns = grid.columns;
  window.rows = grid.rows;
  window.aspect = static_cast<double>(grid.field_width) / grid.field_height;
  return window;
}

}  // namespace saksi::sim

#endif
