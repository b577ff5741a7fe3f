#include "net/layer.h"

#include <gmock/gmock.h>

namespace notifyd::net {
namespace {

// Puts its name in front of what goes down and takes that away from what comes up. Says its name
// first, and is open once it has heard it.
class NamedLayer final : public Layer {
 public:
  explicit NamedLayer(char name) : name_(name) {}
  Result<> start() override {
    down_ = std::string(1, name_);
    return Done{};
  }
  Result<> receive(std::string_view bytes) override {
    for (const char byte : bytes) {
      if (byte == name_) {
        open_ = true;
      } else if (byte == '-') {
        ended_ = true;
      } else if (open_) {
        up_ += byte;
      } else {
        return invalid(std::string("not from ") + name_);
      }
    }
    return Done{};
  }
  Result<> send(std::string_view bytes) override {
    down_ += name_ + std::string(bytes);
    return Done{};
  }
  Error cut_off() const override { return invalid(std::string(1, name_) + " was at work"); }
  Error late() const override { return invalid(std::string(1, name_) + " takes long"); }

 private:
  const char name_;
};

LayerStack stack() {
  std::vector<std::unique_ptr<Layer>> layers;
  layers.push_back(std::make_unique<NamedLayer>('1'));
  layers.push_back(std::make_unique<NamedLayer>('2'));
  return LayerStack(std::move(layers));
}

TEST(LayerStack, ALayerBeginsOnceTheOneBelowIsOpen) {
  LayerStack layers = stack();
  ASSERT_TRUE(layers.start().ok());
  EXPECT_EQ(layers.take_down(), "1");
  ASSERT_TRUE(layers.receive("1").ok());
  EXPECT_EQ(layers.take_down(), "12");
  EXPECT_FALSE(layers.open());
  ASSERT_TRUE(layers.receive("2").ok());
  EXPECT_TRUE(layers.open());
}

TEST(LayerStack, BytesForTheNextLayerMayComeAtOnce) {
  LayerStack layers = stack();
  ASSERT_TRUE(layers.start().ok());
  ASSERT_TRUE(layers.receive("12up").ok());
  EXPECT_TRUE(layers.open());
  EXPECT_EQ(layers.take_up(), "up");
}

TEST(LayerStack, BytesGoDownThroughAllLayers) {
  LayerStack layers = stack();
  ASSERT_TRUE(layers.start().ok());
  ASSERT_TRUE(layers.receive("12").ok());
  layers.take_down();
  ASSERT_TRUE(layers.send("down").ok());
  EXPECT_EQ(layers.take_down(), "12down");
}

TEST(LayerStack, AnErrorOfAnyLayerIsItsOwn) {
  LayerStack layers = stack();
  ASSERT_TRUE(layers.start().ok());
  const Result<> taken = layers.receive("1x");
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().message, "not from 2");
}

TEST(LayerStack, TheEndOfAnyLayerIsItsOwn) {
  LayerStack layers = stack();
  ASSERT_TRUE(layers.start().ok());
  ASSERT_TRUE(layers.receive("12").ok());
  EXPECT_FALSE(layers.ended());
  ASSERT_TRUE(layers.receive("-").ok());
  EXPECT_TRUE(layers.ended());
}

TEST(LayerStack, TheLayerAtWorkSaysWhatTheEndOfTheSocketMeansAndThatOfTheTime) {
  LayerStack layers = stack();
  ASSERT_TRUE(layers.start().ok());
  EXPECT_EQ(layers.cut_off().message, "1 was at work");
  EXPECT_EQ(layers.late().message, "1 takes long");
  ASSERT_TRUE(layers.receive("1").ok());
  EXPECT_EQ(layers.cut_off().message, "2 was at work");
  EXPECT_EQ(layers.late().message, "2 takes long");
}

}  // namespace
}  // namespace notifyd::net
