// A block for testing the coupling of a user's own design: it has what saksi's own circuits have not, an APB slave without strobes, a master that
// is AXI4-Lite with 32 bits, a reset that is active high, and names with _i and _o. It copies words of memory and adds INCREMENT to each.
//   0x00 CTRL   w  bit 0: start
//   0x04 STATUS r  bit 0: busy, bit 1: a response was an error; writing clears the interrupt
//   0x08 SOURCE rw
//   0x0C TARGET rw
//   0x10 WORDS  rw
//   0x14        answers with an error
module word_copier #(
  parameter int INCREMENT = 1
) (
  input  logic        clk_i,
  input  logic        rst_i,
  output logic        irq_o,
  input  logic        psel_i,
  input  logic        penable_i,
  input  logic        pwrite_i,
  input  logic [11:2] paddr_i,
  input  logic [31:0] pwdata_i,
  output logic [31:0] prdata_o,
  output logic        pready_o,
  output logic        pslverr_o,
  output logic        m_axi_awvalid,
  input  logic        m_axi_awready,
  output logic [31:0] m_axi_awaddr,
  output logic [2:0]  m_axi_awprot,
  output logic        m_axi_wvalid,
  input  logic        m_axi_wready,
  output logic [31:0] m_axi_wdata,
  output logic [3:0]  m_axi_wstrb,
  input  logic        m_axi_bvalid,
  output logic        m_axi_bready,
  input  logic [1:0]  m_axi_bresp,
  output logic        m_axi_arvalid,
  input  logic        m_axi_arready,
  output logic [31:0] m_axi_araddr,
  output logic [2:0]  m_axi_arprot,
  input  logic        m_axi_rvalid,
  output logic        m_axi_rready,
  input  logic [31:0] m_axi_rdata,
  input  logic [1:0]  m_axi_rresp
);
  `include "word_adder.svh"

  typedef enum logic [2:0] {Idle, Ask, Take, Give, Answer} state_e;
  state_e      state_q;
  logic        address_done_q, data_done_q, error_q, waited_q;
  logic [31:0] source_q, target_q, words_q, word_q;

  wire access = psel_i && penable_i && waited_q;
  wire write = access && pwrite_i;

  assign pready_o = waited_q;  // one cycle of waiting at each access
  assign pslverr_o = paddr_i == 10'd5;
  always_comb begin
    unique case (paddr_i)
      10'd1: prdata_o = {30'd0, error_q, state_q != Idle};
      10'd2: prdata_o = source_q;
      10'd3: prdata_o = target_q;
      10'd4: prdata_o = words_q;
      default: prdata_o = 32'd0;
    endcase
  end

  assign m_axi_arvalid = state_q == Ask;
  assign m_axi_araddr = source_q;
  assign m_axi_arprot = 3'd0;
  assign m_axi_rready = state_q == Take;
  assign m_axi_awvalid = state_q == Give && !address_done_q;
  assign m_axi_awaddr = target_q;
  assign m_axi_awprot = 3'd0;
  assign m_axi_wvalid = state_q == Give && !data_done_q;
  assign m_axi_wdata = changed(word_q);
  assign m_axi_wstrb = 4'hF;
  assign m_axi_bready = state_q == Answer;

  always_ff @(posedge clk_i or posedge rst_i) begin
    if (rst_i) begin
      state_q <= Idle;
      irq_o <= 1'b0;
      error_q <= 1'b0;
      waited_q <= 1'b0;
      address_done_q <= 1'b0;
      data_done_q <= 1'b0;
      source_q <= '0;
      target_q <= '0;
      words_q <= '0;
      word_q <= '0;
    end else begin
      waited_q <= psel_i && penable_i && !waited_q;
      if (write) begin
        unique case (paddr_i)
          10'd0: if (pwdata_i[0] && words_q != 0) begin
            state_q <= Ask;
            error_q <= 1'b0;
          end
          10'd1: irq_o <= 1'b0;
          10'd2: source_q <= pwdata_i;
          10'd3: target_q <= pwdata_i;
          10'd4: words_q <= pwdata_i;
          default: ;
        endcase
      end
      unique case (state_q)
        Ask: if (m_axi_arready) state_q <= Take;
        Take: if (m_axi_rvalid) begin
          word_q <= m_axi_rdata;
          error_q <= error_q || m_axi_rresp != 2'd0;
          state_q <= Give;
          address_done_q <= 1'b0;
          data_done_q <= 1'b0;
        end
        Give: begin
          if (m_axi_awready) address_done_q <= 1'b1;
          if (m_axi_wready && m_axi_wvalid) data_done_q <= 1'b1;
          if ((address_done_q || m_axi_awready) && (data_done_q || m_axi_wready)) state_q <= Answer;
        end
        Answer: if (m_axi_bvalid) begin
          error_q <= error_q || m_axi_bresp != 2'd0;
          source_q <= source_q + 32'd4;
          target_q <= target_q + 32'd4;
          words_q <= words_q - 32'd1;
          state_q <= words_q == 32'd1 ? Idle : Ask;
          if (words_q == 32'd1) irq_o <= 1'b1;
        end
        default: ;
      endcase
    end
  end

endmodule : word_copier
